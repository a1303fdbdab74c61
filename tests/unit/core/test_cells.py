# SPDX-License-Identifier: Apache-2.0
"""Cells in which no spreadsheet finds a formula, and that else stay as they are."""

from __future__ import annotations

import pytest

from tocsin.core.cells import inert, is_formula


@pytest.mark.parametrize("sign", "=+-@＝＋－＠\t\r\n")
def test_cell_that_begins_as_a_formula_is_a_text(sign: str) -> None:
    assert is_formula(sign + "1")
    assert not is_formula(inert(sign + "1"))


@pytest.mark.parametrize("text", ["", "P1", "a=1", "12, rue de la Paix"])
def test_any_other_cell_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("a;=1+1", "a;'=1+1"),
        ('a;"=1+1"', "a;'" + '"=1+1"'),
        ("a\n=1+1", "a\n'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\n=1+1", "'\n'=1+1"),
        ("Bot/2.1; +http://bot.example", "Bot/2.1; +http://bot.example"),
        ("a=1;b-2", "a=1;b-2"),
    ],
)
def test_cell_that_a_french_spreadsheet_would_part_holds_no_formula(cell: str, written: str) -> None:
    assert inert(cell) == written
