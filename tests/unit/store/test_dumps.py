# SPDX-License-Identifier: Apache-2.0
"""Dumps are cut into the very values that were written, however their bytes come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.dump_writing import NAMES, WRITERS, Row
from tocsin.store.dumps.rows import DumpRows
from tocsin.store.dumps.statements import DamagedDump

SIGNS = st.text(st.sampled_from("a'\"\\;,()\n\t\r-`$é0nN/*#"), max_size=6)
ROWS = st.lists(st.tuples(*[st.none() | SIGNS] * len(NAMES)), max_size=5)


def read(text: bytes, block: int, *, is_strict: bool = True) -> list[Row]:
    dump = DumpRows((text[n : n + block] for n in range(0, len(text), block)), is_strict=is_strict)
    found = [
        tuple(row.values())
        for _table, batch in dump.batches(lambda name: name.endswith("patients"))
        for row in batch.to_pylist()
    ]
    assert dump.is_whole
    return found


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, writer=st.sampled_from(sorted(WRITERS)), block=st.sampled_from([5, 64, 1 << 20]))
def test_values_are_those_that_were_written_wherever_the_blocks_end(
    rows: list[Row], writer: str, block: int
) -> None:
    assert read(WRITERS[writer](rows).encode(), block) == rows


@pytest.mark.parametrize("writer", WRITERS)
def test_dump_cut_anywhere_is_never_taken_for_a_whole_one(writer: str) -> None:
    text = WRITERS[writer]([("P1", "a'\\;", None, ""), ("P2", "b", "c", "d")]).encode()
    begin, end = text.index(b" dump"), text.rindex(b"-- ")
    for until in range(begin + 20, end, 3):
        dump = DumpRows([text[:until]], is_strict=True)
        try:
            assert list(dump.batches(lambda _name: False)) == []
        except DamagedDump:
            continue
        assert not dump.is_whole


def test_bytes_are_null_and_escapes_are_what_they_mean() -> None:
    written = (
        rb"""INSERT INTO `patients` VALUES ('a\0\n\Z\%\'',_binary '\0\'',0xFF,-1.5e3,TRUE,'','NULL',NULL);"""
    )
    assert read(
        b"CREATE TABLE `patients` (a int,b int,c int,d int,e int,f int,g int,h int);" + written, 9
    ) == [("a\0\n\x1a\\%'", None, None, "-1.5e3", "TRUE", "", "NULL", None)]


def test_values_keep_their_signs_when_the_dump_is_in_another_encoding() -> None:
    text = "SET standard_conforming_strings = on;\nSET client_encoding = 'LATIN1';\n" + WRITERS["pg_copy"](
        [("é", "", None, "x")]
    ).replace("SET client_encoding = 'UTF8';", "")
    assert read(text.encode("latin-1"), 1 << 20) == [("é", "", None, "x")]
    assert read(WRITERS["mysqldump"]([("é", "", None, "x")]).encode("utf-16"), 1 << 20) == [
        ("é", "", None, "x")
    ]


def test_rows_before_the_damage_are_given_first() -> None:
    dump = DumpRows([b"insert into p (a) values ('b'),('c"], is_strict=False)
    found: list[object] = []
    with pytest.raises(DamagedDump):
        found.extend(batch.to_pylist() for _table, batch in dump.batches(lambda _name: True))
    assert found == [[{"a": "b"}]]
    assert not dump.is_whole
