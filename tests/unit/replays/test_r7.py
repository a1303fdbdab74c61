# SPDX-License-Identifier: Apache-2.0
"""R7: the account is found without being told, the counts follow, and the way back has its hour.

The counts are made again here by a plain reading of the trace, which shares nothing with the generator.
"""

from __future__ import annotations

import csv
import gzip
import json
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tocsin.cli.main import run_command
from tocsin.contain.record import record_check, record_done
from tocsin.contain.run import AccountSheet, look
from tocsin.replays.r7.replay import R7
from tocsin.replays.r7.size import size_at
from tocsin.store.case import Case

SCALE = 0.001
Row = dict[str, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, run once."""
    folder = tmp_path_factory.mktemp("r7") / "demo"
    assert run_command(["demo", "R7", "--scale", str(SCALE), "--to", str(folder), "--by", "demo"]) == 0
    return folder


@pytest.fixture(scope="module")
def acts(home: Path) -> list[Row]:
    return list(_acts(home))


def _acts(home: Path) -> Iterator[Row]:
    for path in sorted((home / "case" / "journaux").iterdir()):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            yield json.loads(line)


def ended(home: Path) -> dict[str, str]:
    with (home / "case" / "listes" / "comptes.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["compte"]: row["clos_le"] for row in csv.DictReader(file, delimiter=";") if row["clos_le"]
        }


def read_json(path: Path) -> Row:
    read: Row = json.loads(path.read_text("utf-8"))
    return read


def persons_of(home: Path, local_ids: set[str]) -> int:
    """Distinct persons: one INS is one; so is one NIR with one birth date and one given name."""
    rows = pq.read_table(home / "case" / "listes" / "patients.parquet").to_pylist()
    same: dict[object, str] = {}
    of: dict[str, str] = {}
    for row in (row for row in rows if row["dossier"] in local_ids):
        number = (row["nir"], row["ne_le"], plain(row["prenoms"])) if row["nir"] else None
        keys = [key for key in (row["ins"], number) if key]
        person = next((same[key] for key in keys if key in same), row["dossier"])
        of[row["dossier"]] = person
        same |= dict.fromkeys(keys, person)
    return len(set(of.values()))


def plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def test_nobody_named_the_account_and_the_directory_tells(home: Path) -> None:
    settings = tomllib.loads((home / "case" / "case.toml").read_text("utf-8"))
    assert "known" not in settings
    [row] = read_json(home / "case" / "report" / "report.json")["accounts"]
    truth = read_json(home / "truth" / "truth.json")
    assert (row["account"], row["verdict"], row["rank"]) == (truth["account"], "illegitimate", 1)
    assert truth["account"] in ended(home)


def test_every_figure_is_found(home: Path) -> None:
    report = read_json(home / "case" / "report" / "report.json")
    outcomes = R7().compare(report, home / "truth")
    assert [one.expected.figure for one in outcomes if not one.agrees] == []
    assert len(outcomes) > 30


def test_truth_is_what_a_plain_reading_finds(home: Path, acts: list[Row]) -> None:
    truth = read_json(home / "truth" / "truth.json")
    account = truth["account"]
    since = datetime.fromisoformat(f"{ended(home)[account]}T00:00:00+02:00")
    own = [act for act in acts if act.get("compte") == account]
    stolen = [act for act in own if datetime.fromisoformat(act["instant"]) >= since]
    assert 0 < len(stolen) < len(own), "the doctor's own work is in the log"
    opened = {act["dossier"] for act in stolen if act["operation"] == "DOSSIER"}
    listed = {one for act in stolen for one in act.get("dossiers", ())}
    documents = {act["dossier"] for act in stolen if act["operation"] == "DOCUMENT"}
    assert truth["persons"]["best"] == persons_of(home, opened | listed)
    assert truth["categories"]["health.record"]["best"] == persons_of(home, opened)
    assert truth["categories"]["health.document"]["best"] == persons_of(home, documents)
    assert truth["scope"]["events"] == len(stolen)
    told = pq.read_table(home / "truth" / "persons.parquet").to_pylist()
    assert {row["person"] for row in told if row["category"] == "identity.name"} == opened | listed


def test_service_is_shut_for_a_week_and_the_monitor_shows_it(acts: list[Row]) -> None:
    shut = [act for act in acts if "2025-11-10T07:30" <= act["instant"] < "2025-11-17T07:00"]
    assert {act["operation"] for act in shut} == {"ETAT"}
    assert len(shut) > 1_000


def test_account_that_was_only_tried_is_not_accused(home: Path, acts: list[Row]) -> None:
    refused = {act["compte"] for act in acts if act["resultat"] == "refuse"}
    [tried] = refused & ended(home).keys()
    report = read_json(home / "case" / "report" / "report.json")
    assert tried not in {row["account"] for row in report["accounts"]}


def test_doctor_is_back_at_work_at_an_hour_that_two_people_wrote(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What lets somebody in is cut by one and checked by another; then the way back, step by step."""
    case = str(home / "case")
    now = ["--now", "2025-11-20T08:00:00+01:00", "--json"]
    assert run_command(["contain", case, *now]) == 1
    sheet = json.loads(capfd.readouterr().out)["result"]["accounts"][0]
    cut = [step["step"] for step in sheet["steps"] if step["phase"] == "cut"]
    back = [step["step"] for step in sheet["steps"] if step["phase"] == "back"]
    shut, reopened = (datetime.fromisoformat(f"2025-11-{at}:00+01:00") for at in ("10T08:10", "17T08:00"))
    hours = dict.fromkeys(cut, shut) | dict.fromkeys(back, reopened)
    for by, record in (("Anne Le Gall", say_done), ("Marc Petit", say_checked)):
        with Case(home / "case", by=by) as opened:
            [target] = look(opened)
            for step, hour in hours.items():
                record(opened, target, step, hour)
    assert run_command(["contain", case, *now]) == 0
    [told] = json.loads(capfd.readouterr().out)["result"]["accounts"]
    assert (told["contained"], told["cut_at"], told["acts_since_cut"]) == (True, "2025-11-10T07:10:00Z", 0)
    returned = {step["step"]: step["checked"] for step in told["steps"] if step["phase"] == "back"}
    assert {one["at"] for one in returned.values()} == {"2025-11-17T07:00:00Z"}
    assert {one["by"] for one in returned.values()} == {"Marc Petit"}


def say_done(case: Case, sheet: AccountSheet, step: str, at: datetime) -> None:
    record_done(case, sheet, step, at=at, note="", nothing_there=False)


def say_checked(case: Case, sheet: AccountSheet, step: str, at: datetime) -> None:
    record_check(case, sheet, step, at=at, note="", holds=True)


def test_life_size_is_what_the_public_was_told() -> None:
    assert size_at(1).accounts == 23_000
