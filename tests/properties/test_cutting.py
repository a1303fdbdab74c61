# SPDX-License-Identifier: Apache-2.0
"""Cut anywhere, read alike: records and their offsets depend on the content, never on how its blocks came."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.ingest.interface import Cutter
from tocsin.ingest.read import csv_rows, lines
from tocsin.ingest.read.csv_rows import CsvCutter, CsvShape
from tocsin.ingest.read.lines import LinesCutter

Record = tuple[str, int, int, int, str | None]

PIECES = st.lists(
    st.sampled_from(
        [
            b"\n",
            b"\r\n",
            b"\r",
            b'"',
            b'""',
            b",",
            b";",
            b"a",
            b"\x00",
            b"\xff",
            "é".encode(),
            b"\xc3",
            b"bcdefghijklmnop",
        ]
    ),
    max_size=60,
).map(b"".join)
CONTENT = st.one_of(PIECES, st.binary(max_size=200), PIECES.map(lambda text: lines.BOM + text))
CUTS = st.lists(st.integers(0, 300), max_size=6)

CUTTERS = {
    "lines": LinesCutter,
    "latin-1 lines": lambda: LinesCutter("latin-1"),
    "csv": CsvCutter,
    "csv of three cells": lambda: CsvCutter(CsvShape(cells=3)),
    "csv without quotes": lambda: CsvCutter(CsvShape(quote="", delimiter=";")),
    "cp1252 csv": lambda: CsvCutter(CsvShape(encoding="cp1252")),
}


@pytest.fixture(autouse=True, scope="module")
def _short_records() -> object:
    """Limits that a small example can pass."""
    patch = pytest.MonkeyPatch()
    patch.setattr(lines, "MAX_RECORD", 40)
    patch.setattr(csv_rows, "MAX_ROW", 40)
    patch.setattr(lines, "KEPT_OF_TOO_LONG", 10)
    yield
    patch.undo()


def cut(cutter: Cutter, content: bytes, places: list[int]) -> list[Record]:
    bounds = [0, *sorted(p for p in places if p < len(content)), len(content)]
    blocks = [content[a:b] for a, b in itertools.pairwise(bounds) if a < b]
    batches = list(cutter.cut(iter(blocks)))
    for batch in batches:
        batch.validate(full=True)
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("name", CUTTERS)
@given(content=CONTENT, places=CUTS)
@example(content=b'a,"b\n\nc,d\n', places=[4])
@example(content=b'"' + b"x" * 45 + b"\nb,c\n", places=[43])
def test_content_is_cut_the_same_when_its_blocks_are_cut_elsewhere(
    name: str, content: bytes, places: list[int]
) -> None:
    assert cut(CUTTERS[name](), content, places) == cut(CUTTERS[name](), content, [])


@pytest.mark.parametrize("name", CUTTERS)
@given(content=CONTENT)
def test_offsets_and_line_numbers_lead_back_to_the_record(name: str, content: bytes) -> None:
    records = cut(CUTTERS[name](), content, [])
    starts = [record[1] for record in records]
    assert starts == sorted(set(starts))
    assert (not content and not records) or starts[0] == 0
    for text, start, line, _, mark in records:
        assert line == content.count(b"\n", 0, start) + 1
        assert start == 0 or content[start - 1 : start] == b"\n"
        if mark is None and "latin" not in name and "cp1252" not in name:
            raw = text.encode()
            held = content[start:].removeprefix(lines.BOM if start == 0 else b"")
            assert held.startswith(raw)
            assert (
                held[len(raw) : len(raw) + 2] in (b"", b"\r", b"\r\n")
                or held[len(raw) : len(raw) + 1] == b"\n"
            )


@pytest.mark.parametrize("name", ["lines", "latin-1 lines", "csv without quotes"])
@given(content=CONTENT)
def test_every_line_is_one_record(name: str, content: bytes) -> None:
    last = 0 if not content or content.endswith(b"\n") else 1
    assert len(cut(CUTTERS[name](), content, [])) == content.count(b"\n") + last


@pytest.mark.parametrize("name", CUTTERS)
@given(content=CONTENT, more=CONTENT)
def test_a_grown_file_continues_from_its_last_whole_record(name: str, content: bytes, more: bytes) -> None:
    first = CUTTERS[name]()
    before = cut(first, content, [])
    kept = [record for record in before if record[1] < first.complete_bytes]
    assert first.complete_lines == content.count(b"\n", 0, first.complete_bytes)
    again = CUTTERS[name]()
    rest = (content + more)[first.complete_bytes :]
    batches = again.cut(iter([rest] if rest else []), first.complete_bytes, first.complete_lines)
    after = [tuple(row.values()) for batch in batches for row in batch.to_pylist()]
    assert kept + after == cut(CUTTERS[name](), content + more, [])
