# SPDX-License-Identifier: Apache-2.0
"""Relations, directories and logs as they come: what is odd is stated, counted, and stops nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.made_case import HEAD
from tests.unit.detect.small_platform import doctor, quiet_days, quiet_relations, read, theft
from tocsin.cli.main import cli
from tocsin.store.case import Case

DAYS, DOCTORS = 18, 30
EMPTY = range(3, 10)
RENAMED, THIEF = 5, 3
MAPPING = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.at", time = "iso8601" }
account = { path = "$.account" }
device = { path = "$.device" }
address = { path = "$.address" }
action = { const = "read" }
outcome = { const = "success" }
object = { path = "$.object" }
person = { path = "$.person" }
"""
SETTINGS = """
[[sources]]
name = "portal"
paths = ["portal.jsonl"]
mapping = "log.toml"

[[sources]]
name = "gateway"
paths = ["gateway.jsonl"]
mapping = "log.toml"

[[registries]]
name = "patients"
paths = ["patients.csv"]
columns = { person = "id" }

[[accounts]]
paths = ["directory.csv"]
[accounts.columns]
account = "login"
professional_id = "rpps"
role = "role"
active_from = "from"
active_until = "until"

[[relations]]
name = "agenda"
paths = ["agenda.csv"]
columns = { professional_id = "rpps", person = "patient", from = "from", until = "until" }
"""
ODD = [
    ("999", "P1", "", ""),
    ("1", "nobody-knows", "", ""),
    ("1", "P1", "2024-01-01", "2024-03-01"),
    ("1", "P1", "2024-02-01", "2024-04-01"),
    ("1", "P2", "2024-03-01", "2024-02-01"),
]


def rpps(account: object) -> str:
    return str(int(str(account)[2:4]))


def renamed(event: dict[str, Any]) -> dict[str, Any]:
    """The same professional goes on under another name from the tenth day on."""
    is_later = event["account"] == doctor(RENAMED) and event["occurred_at"].day >= 14
    return event | {"account": f"{doctor(RENAMED)}-new"} if is_later else event


def acts() -> list[dict[str, Any]]:
    quiet: Iterable[dict[str, Any]] = quiet_days(DAYS, DOCTORS)
    kept = [renamed(event) for event in quiet if event["occurred_at"].day - 4 not in EMPTY]
    giant = [
        read(0, 12, n // 20, f"P{7_000_000 + 13 * n}", account="robot", device="server") for n in range(1_050)
    ]
    return [*kept, *theft(THIEF, range(11, 18)), *giant]


def line(event: dict[str, Any], late: timedelta = timedelta()) -> str:
    at: datetime = event["occurred_at"] + late
    named = {name: event[name] for name in ("account", "device", "address", "person")}
    return json.dumps({"at": at.isoformat(), "object": f"/patients/{event['person']}", **named}) + "\n"


def table(path: Path, *rows: tuple[object, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def write(folder: Path) -> None:
    events, relations = acts(), quiet_relations(DAYS, DOCTORS)
    (folder / "case.toml").write_text(HEAD + SETTINGS, "utf-8")
    (folder / "log.toml").write_text(MAPPING, "utf-8")
    (folder / "portal.jsonl").write_text("".join(map(line, events)), "utf-8")
    seen_twice = [e for e in events if e["account"] in (doctor(THIEF), doctor(8))]
    late = (line(event, timedelta(hours=3, seconds=1)) for event in seen_twice)
    (folder / "gateway.jsonl").write_text("".join(late), "utf-8")
    persons = sorted({str(row["person"]) for row in [*events, *relations]} | {"P1", "P2"})
    table(folder / "patients.csv", ("id",), *((person,) for person in persons))
    rows = [(rpps(r["account"]), r["person"], "", "") for r in relations]
    table(folder / "agenda.csv", ("rpps", "patient", "from", "until"), *rows, *ODD)
    people = [(doctor(n), str(n), "gp", "2020-01-01", "") for n in range(DOCTORS)]
    people[RENAMED] = (*people[RENAMED][:4], "2024-03-14")
    new = (f"{doctor(RENAMED)}-new", str(RENAMED), "gp", "2024-03-14", "")
    again = (doctor(2), "2", "gp", "2021-01-01", "2022-01-01")
    table(
        folder / "directory.csv", ("login", "rpps", "role", "from", "until"), *people, people[1], new, again
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `run` and `detect` said of it."""
    folder = tmp_path_factory.mktemp("odd")
    write(folder)
    found: dict[str, Any] = {}
    for verb in ("run", "detect"):
        answer = CliRunner().invoke(cli, [verb, str(folder), "--json", "--lang", "en", "--by", "tests"])
        assert answer.exit_code == (1 if verb == "run" else 0), answer.output
        found[verb] = json.loads(answer.stdout)
    return found


def said(told: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in told["run"]["warnings"])


def proposed(told: dict[str, Any]) -> list[str]:
    return [one["account"] for one in told["detect"]["result"]["findings"] if one["proposed"]]


def test_unknown_persons_and_accounts_of_relations_are_counted(told: dict[str, Any]) -> None:
    assert "Relations that name a person whom no registry has: 1." in said(told)
    assert "Relations that name an account, professional or organisation unknown here: 1." in said(told)


def test_overlapping_and_backward_periods_are_counted(told: dict[str, Any]) -> None:
    assert "Relations that overlap an earlier one of the same person, all of which hold: 1." in said(told)
    assert "Relations left out, as they end before they begin: 1." in said(told)


def test_directory_with_duplicates_is_counted(told: dict[str, Any]) -> None:
    assert "Rows of the directory that stand twice: 1." in said(told)
    assert (
        "Rows of the directory that overlap an earlier one of the same account, all of which hold: 1."
        in said(told)
    )


def test_account_renamed_in_mid_period_is_stated_and_not_accused(told: dict[str, Any]) -> None:
    assert "Accounts that follow another one of the same professional, renamed or given anew: 1." in said(
        told
    )
    assert f"{doctor(RENAMED)}-new" not in proposed(told)


def test_empty_week_is_stated_with_its_days(told: dict[str, Any]) -> None:
    silent = [row for row in told["detect"]["result"]["sight"] if row["code"] == "silent"]
    assert [(row["about"], row["value"]) for row in silent if "portal" in row["about"]] == [
        ("portal 2024-03-06", 7.0)
    ]
    assert "du 6 mars 2024" in silent[-1]["fr"].lower()
    assert "of these 7 days could be seen" in silent[-1]["en"]


def test_giant_account_alone_in_its_role_is_proposed_and_hides_no_thief(told: dict[str, Any]) -> None:
    assert proposed(told) == [doctor(THIEF), "robot"]


def test_clocks_hours_apart_between_sources_are_stated_and_accuse_nobody(told: dict[str, Any]) -> None:
    assert doctor(8) not in proposed(told)
    codes = [one["code"] for one in told["run"]["open_questions"]]
    assert "clocks_apart" in codes


def test_account_is_told_with_reasons_and_lines_to_look_at(told: dict[str, Any]) -> None:
    first = told["detect"]["result"]["findings"][0]
    assert (first["rank"], first["account"]) == (1, doctor(THIEF))
    assert "no known link with you or your practice" in first["reasons"][0]["en"]
    assert len(first["lines"]) == 3
    assert all(text.split(":")[0] in ("portal.jsonl", "gateway.jsonl") for text in first["lines"])


@pytest.mark.parametrize(
    ("never", "events", "said"),
    [
        ("9999-12-31T23:59:59Z", 1, ""),  # no time in every zone, so set aside: no silence ends there
        ("9999-12-30T23:59:59Z", 2, "Du 4 mars 2024 à 09 h 00 au 31 décembre 9999 à 00 h 59"),
    ],
)
def test_record_that_writes_never_as_the_last_day_of_the_calendar_stops_nothing(
    tmp_path: Path, never: str, events: int, said: str
) -> None:
    """Some systems write it where a time is not known; its hour in Paris may be beyond the calendar."""
    head = HEAD + '\n[[known]]\naccount = "dr.a"\n\n[[sources]]\nname = "portal"\npaths = ["portal.jsonl"]\n'
    (tmp_path / "case.toml").write_text(head + 'mapping = "log.toml"\n', "utf-8")
    (tmp_path / "log.toml").write_text(MAPPING, "utf-8")
    record = '{"at":"%s","account":"dr.a","object":"/patients/P1","person":"P1"}\n'
    times = ("2024-03-04T08:00:00Z", never)
    (tmp_path / "portal.jsonl").write_text("".join(record % at for at in times), "utf-8")
    for verb in ("run", "declare"):
        answer = CliRunner().invoke(cli, [verb, str(tmp_path), "--json", "--lang", "fr", "--by", "tests"])
        assert answer.exit_code == 1, answer.output
    with Case(tmp_path, by="tests", read_only=True) as case, case.engine("events", "sight") as engine:
        assert engine.rows("select count(*) from events") == [(events,)]
        silences = engine.rows("select fr from sight where code = 'silent'")
    assert [text[: len(said)] for (text,) in silences] == ([said] if said else [])
