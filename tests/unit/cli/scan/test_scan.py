# SPDX-License-Identifier: Apache-2.0
"""`tocsin scan`: what it says of files, its exit codes, and that it never says who stands in them."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin

ROWS = "nom;prenom;ne_le;nir\nMartin;Zoé;1984-12-03;284127511451100\nPetit;Paul;1975-02-01;175027511451200\n"
SAID = ("Martin", "Zoé", "Petit", "284127511451100", "1984-12-03")


def share(folder: Path) -> Path:
    (folder / "share").mkdir()
    (folder / "share" / "=liste.csv").write_text(ROWS, "utf-8")
    (folder / "share" / "note.txt").write_text("rien\n", "utf-8")
    os.utime(folder / "share" / "=liste.csv", (1_600_000_000, 1_600_000_000))
    return folder / "share"


def test_scan_counts_persons_and_names_none(tocsin: Tocsin, tmp_path: Path) -> None:
    answer = tocsin("scan", share(tmp_path), "--older-than", "30", "--lang", "fr")
    assert answer.code == 0
    assert "2 personnes, 2 lignes" in answer.out
    assert "conservé au-delà de son usage" in answer.out
    assert not any(word in answer.out + answer.err for word in SAID)


def test_scan_answers_with_one_object(tocsin: Tocsin, tmp_path: Path) -> None:
    answer = tocsin("scan", share(tmp_path), "--json")
    result = answer.json["result"]
    assert (answer.code, result["totals"]["persons"], result["totals"]["files"]) == (0, 2, 2)
    first = result["files"][0]
    assert (first["kind"], first["rows"], first["persons"], first["past_purpose"]) == ("csv", 2, 2, None)
    assert set(first["categories"]) == {"id.nir", "identity.birth_date", "identity.name"}
    assert not any(word in answer.out for word in SAID)


def test_scan_exits_1_when_something_is_unreadable(tocsin: Tocsin, tmp_path: Path) -> None:
    folder = share(tmp_path)
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    answer = tocsin("scan", folder, "--json")
    assert answer.code == 1
    assert [one["unreadable"] for one in answer.json["result"]["files"]] == [None, None, "unknown_kind"]


def test_scan_writes_profiles_that_no_spreadsheet_runs(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = share(tmp_path)
    monkeypatch.chdir(folder)
    assert tocsin("scan", "=liste.csv", "--to", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {"'=liste.csv"}
    assert tocsin("scan", folder, "--to", tmp_path / "out.json").code == 0
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["totals"]["persons"] == 2


def test_scan_refuses_what_is_not_there_and_what_it_cannot_write(tocsin: Tocsin, tmp_path: Path) -> None:
    assert tocsin("scan", tmp_path / "nothing").code == 2
    assert tocsin("scan", share(tmp_path), "--to", tmp_path / "out.pdf").code == 2
