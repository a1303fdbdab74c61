# SPDX-License-Identifier: Apache-2.0
"""R8: the case folder holds what such a practice has; its truth is what a plain reading finds."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tocsin.cli.main import run_command
from tocsin.core.errors import InputError
from tocsin.replays.r8.replay import R8

SCALE = 0.02
OPENED = re.compile(
    r'^(\S+) - (\S+) \[([^]]+)\] "GET /patients/(\d+)/(fiche|consultations|documents)\S* HTTP/1.1" (\d+) '
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("r8")
    R8().write(home / "case", SCALE, home / "truth")
    return home


def truth_of(home: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((home / "truth" / "truth.json").read_text("utf-8"))
    return told


def lines_of(home: Path) -> list[str]:
    lines: list[str] = []
    for path in sorted((home / "case" / "journaux").iterdir()):
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix == ".gz" else content
        lines += text.decode().splitlines()
    return lines


def patients_of(home: Path) -> list[dict[str, str]]:
    text = (home / "case" / "listes" / "patients.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def obtained(home: Path) -> dict[str, set[str]]:
    """What the suspect obtained: local ids by kind of page."""
    found: dict[str, set[str]] = {"fiche": set(), "consultations": set(), "documents": set()}
    for line in lines_of(home):
        opened = OPENED.match(line)
        if opened and opened[2] == truth_of(home)["account"] and opened[6] == "200":
            found[opened[5]].add(opened[4])
    return found


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, written: Path) -> None:
    R8().write(tmp_path / "case", SCALE, tmp_path / "truth")
    digests = [
        {
            path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for kind in ("case", "truth")
            for path in (home / kind).rglob("*")
            if path.is_file()
        }
        for home in (tmp_path, written)
    ]
    shared = digests[0].keys() & digests[1].keys()
    assert len(shared) > 16
    assert all(digests[0][name] == digests[1][name] for name in shared)


def test_truth_is_what_a_plain_reading_finds(written: Path) -> None:
    truth, found, rows = truth_of(written), obtained(written), patients_of(written)
    assert truth["local_ids"] == len(found["fiche"])
    listed = {row["N° dossier"]: row for row in rows}
    assert truth["not_in_registry"] == len(found["fiche"] - set(listed)) == 2
    persons = {person_of(number, listed) for number in found["fiche"]}
    assert truth["persons"] == len(persons)
    assert truth["categories"]["health.record"] == len(
        {person_of(number, listed) for number in found["consultations"]}
    )


def person_of(number: str, listed: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """One number of social security, one birth date and one sex: one person here."""
    row = listed.get(number)
    if row is None or not row["N° de sécurité sociale"]:
        return (number,)
    return (row["N° de sécurité sociale"], row["Né(e) le"], row["Sexe"])


def test_every_person_of_the_truth_was_shown_as_told(written: Path) -> None:
    found = obtained(written)
    told = pq.read_table(written / "truth" / "persons.parquet").to_pylist()
    by_category = Counter(row["category"] for row in told)
    assert {row["person"] for row in told if row["category"] == "id.nir"} == found["fiche"]
    assert by_category["health.document"] == len(found["documents"])


def test_twelve_work_there_and_one_has_left(written: Path) -> None:
    text = (written / "case" / "listes" / "comptes.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    left = [row["Identifiant"] for row in rows if row["Départ le"]]
    assert (len(rows), left) == (13, [truth_of(written)["account"]])


def test_lines_are_accounted_for(written: Path) -> None:
    lines, accounting = lines_of(written), truth_of(written)["accounting"]
    whole = [line for line in lines if line.endswith('"')]
    assert (accounting["records"], accounting["events"]) == (len(lines), len(whole))
    assert accounting["set_aside"] == len(lines) - len(whole) == 1


def test_nobody_can_be_born_with_these_numbers(written: Path) -> None:
    numbers = [row["N° de sécurité sociale"] for row in patients_of(written)]
    assert all(int(number[7:10]) > 990 for number in numbers if number)
    assert any(not number for number in numbers) or len(numbers) < 200
    assert max(Counter(n for n in numbers if n).values()) > 1, "children under a parent's number"


def test_demonstration_finds_every_figure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_command(["demo", "R8", "--scale", "0.02", "--to", str(tmp_path / "r8"), "--lang", "fr"])
    told = capfd.readouterr().out
    assert code == 0, told
    assert "✗" not in told


@pytest.mark.parametrize("scale", [0.0001, 6.0, float("nan")])
def test_a_scale_out_of_bounds_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(InputError):
        R8().write(tmp_path / "case", scale, tmp_path / "truth")
    assert not (tmp_path / "case").exists()


def test_an_unknown_variant_and_a_full_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        R8().write(tmp_path / "case", SCALE, tmp_path / "truth", "ghost")
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "mine").touch()
    with pytest.raises(InputError):
        R8().write(tmp_path / "case", SCALE, tmp_path / "truth")
