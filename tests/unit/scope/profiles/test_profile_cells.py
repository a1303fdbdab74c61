# SPDX-License-Identifier: Apache-2.0
"""Cells: trimmed as the engine trims, and none in which an identifier stands left out of the search."""

from __future__ import annotations

import re
from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.scope.profiles.cells import A_NIR, A_PHONE, that_may_hold, trimmed, with_bare
from tocsin.scope.profiles.kinds import KINDS, cleaned_sql
from tocsin.store.engine import Engine

SIGNS = st.text(st.sampled_from(" \u00a0\u2003\u3000\t\n\u200bé9@A"), max_size=6)


@cache
def _engine() -> Engine:
    return Engine(memory="256MiB", threads=1)


@settings(max_examples=25)
@given(st.lists(st.none() | SIGNS, max_size=20))
def test_cells_are_trimmed_as_the_engine_does_and_null_where_nothing_is_left(
    values: list[str | None],
) -> None:
    table = pa.table({"place": range(len(values)), "v": pa.array(values, pa.string())})
    engine = _engine()
    engine.register("given", table)
    expected = [row[0] for row in engine.rows("select nullif(trim(v), '') from given order by place")]
    assert trimmed(table.select(["v"])).column("v0").to_pylist() == expected


@pytest.mark.parametrize("kind", ["nir", "phone", "email", "iban"])
def test_no_cell_that_holds_an_identifier_is_left_out(kind: str) -> None:
    form = KINDS[kind].in_text or ""
    shown = st.from_regex(form.replace("\\b", ""), fullmatch=True).filter(str.isascii)

    @settings(max_examples=15)
    @given(st.lists(st.tuples(SIGNS, shown, SIGNS).map("".join), min_size=1, max_size=20))
    def holds(cells: list[str]) -> None:
        kept = that_may_hold(pa.chunked_array([pa.array([None, "", *cells], pa.string())])).to_pylist()
        flagged = {
            row["v"]
            for row in kept
            if {
                "nir": row["digits"] >= A_NIR,
                "phone": row["digits"] >= A_PHONE,
                "email": row["address"],
                "iban": row["iban"],
            }[kind]
        }
        assert {cell for cell in cells if re.search(form, cell, re.ASCII)} <= flagged

    holds()


def test_cells_of_a_slice_are_counted_by_their_own_bytes() -> None:
    cells = pa.array(["a@b.fr", "no", None, "", "06 39 98 00 01"], pa.string())[1:]
    assert that_may_hold(pa.chunked_array([cells])).to_pylist() == [
        {"v": "06 39 98 00 01", "digits": 10, "address": False, "iban": False}
    ]


@settings(max_examples=25)
@given(
    st.lists(st.none() | st.text(st.sampled_from("0133 .-()+/^é2A"), max_size=18), max_size=20),
    st.integers(0, 5),
)
def test_cells_without_signs_are_cleaned_as_the_whole_ones_are(values: list[str | None], start: int) -> None:
    cells = trimmed(pa.table({"n°": pa.array(values, pa.string()).slice(start)}))
    engine = _engine()
    engine.register("cells", with_bare(cells, [0]))
    for kind in KINDS.values():
        if kind.bare is not None:
            whole, bare = cleaned_sql(kind, "v0"), kind.bare.replace("{v}", "b0")
            asked = f"select count(*) from cells where ({whole}) is distinct from ({bare})"
            assert engine.count(asked) == 0, kind.name
