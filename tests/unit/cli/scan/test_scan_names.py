# SPDX-License-Identifier: Apache-2.0
"""`tocsin scan --names`: possible names told apart, what was measured of the tagger, the extra it needs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.made_tagger import install_fake
from tests.unit.cli.conftest import Tocsin

ROWS = "nom;nir;remarque;code\nMartin;184127511451100;Vu avec Anna Petit, puis Anna Petit;Ab\n"


def test_scan_says_possible_names_with_what_was_measured_and_names_nobody(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_fake(monkeypatch)
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    answer = tocsin("scan", tmp_path / "a.csv", "--names", "--lang", "en")
    assert "Possible names in prose: 2 mentions in 1 texts, 1 distinct." in answer.out
    assert "finds 50% of the names, and 25% of what it gives are names" in answer.out
    assert "it is in no count of persons" in answer.out
    told = tocsin("scan", tmp_path / "a.csv", "--names", "--json")
    result = told.json["result"]
    assert result["names"] == {"tagger": "fake", "recall": 0.5, "precision": 0.25}
    assert result["totals"]["possible_names"] == {"texts": 1, "mentions": 2, "distinct": 1}
    assert "Anna" not in answer.out + json.dumps(result)


def test_names_are_not_searched_unless_asked(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    result = tocsin("scan", tmp_path / "a.csv", "--json").json["result"]
    assert result["totals"]["possible_names"] is None
    assert "names" not in result


def test_extra_that_is_missing_is_named_in_one_message(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    answer = tocsin("scan", tmp_path / "a.csv", "--names", "--lang", "en")
    assert answer.code == 2
    assert "tocsin[names]" in answer.err
