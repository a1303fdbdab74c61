# SPDX-License-Identifier: Apache-2.0
"""The verbs `preserve` and `contain`, as a tired person types them."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin
from tocsin.cli.frame.moments import read_moment
from tocsin.core.errors import InputError

NIGHT = "2026-11-22T03:30:00+01:00"
NOW = ("--now", NIGHT)


@pytest.fixture
def empty(tocsin: Tocsin, tmp_path: Path) -> Path:
    """A case with nothing in it."""
    tocsin("init", tmp_path / "case")
    return tmp_path / "case"


def test_contain_needs_a_name_and_no_log(tocsin: Tocsin, empty: Path) -> None:
    assert tocsin("contain", empty).code == 2
    told = tocsin("contain", empty, "--account", "dr.x", "--by", "Anne", "--json").json
    assert told["exit"] == 1
    assert told["result"]["accounts"][0]["open"][0] == "sign_in"
    assert (empty / "containment" / "sheet-fr.html").exists()
    assert tocsin("contain", empty).code == 1


def test_contain_walks_through_the_night_and_exits_0_when_all_is_checked(tocsin: Tocsin, empty: Path) -> None:
    told = tocsin("contain", empty, "--account", "dr.x", "--by", "Anne", "--json").json
    for step in told["result"]["accounts"][0]["open"]:
        assert tocsin("contain", empty, "done", step, "--by", "Anne", "--at", "03:12", *NOW).code == 1
        assert tocsin("contain", empty, "check", step, "--by", "anne", "--at", "03:15", *NOW).code == 2
        answer = tocsin("contain", empty, "check", step, "--by", "Marc", "--at", "03:20", *NOW)
    assert answer.code == 0
    assert tocsin("contain", empty).code == 0
    assert tocsin("contain", empty, "undo", "tokens", "--by", "Anne", "--why", "w", *NOW).code == 1
    assert tocsin("journal", empty, "check").code == 0


def test_contain_records_an_emergency_and_says_who_decided(tocsin: Tocsin, empty: Path) -> None:
    tocsin("contain", empty, "--account", "dr.x")
    answer = tocsin(
        "contain",
        empty,
        "emergency",
        "--decided-by",
        "Dr Roy",
        "--why",
        "ward",
        "--at",
        "03:20",
        *NOW,
        "--json",
    )
    assert answer.json["result"]["emergencies"][0]["decided_by"] == "Dr Roy"
    assert answer.code == 1


def test_contain_offers_the_nearest_names_for_one_that_never_appears(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("contain", case, "--account", "dr.lemoin", "--lang", "en")
    assert "Nearest names: dr.lemoine" in answer.err
    assert answer.code == 1


def test_contain_reads_suspects_of_a_case_that_ran(tocsin: Tocsin, case: Path) -> None:
    told = tocsin("contain", case, "--json").json["result"]["accounts"]
    assert [one["account"] for one in told] == ["dr.lemoine"]
    assert told[0]["activity"][0]["source"] == "gateway"


def test_preserve_lists_what_is_urgent_and_exits_1(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("preserve", case, "--json", *NOW)
    assert answer.code == 1
    assert {one["urgency"] for one in answer.json["result"]["sources"]} == {"unknown"}
    assert tocsin("preserve", case, "--lang", "en").out.count("[ ]") > 3


def test_preserve_writes_nothing_when_it_lists(tocsin: Tocsin, case: Path) -> None:
    before = (case / "journal" / "journal.jsonl").read_bytes()
    tocsin("preserve", case)
    assert (case / "journal" / "journal.jsonl").read_bytes() == before


def test_preserve_copies_what_sha256sum_would_confirm(tocsin: Tocsin, case: Path, tmp_path: Path) -> None:
    told = tocsin("preserve", case, "--copy-to", tmp_path / "copies", "--json").json
    assert {file["state"] for file in told["result"]["copies"]["files"]} == {"same"}
    for line in (tmp_path / "copies" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((tmp_path / "copies" / name).read_bytes()).hexdigest() == digest
    assert all(source["copied"] for source in told["result"]["sources"])


def test_preserve_says_that_a_file_changed_since_it_was_read(
    tocsin: Tocsin, case: Path, tmp_path: Path
) -> None:
    log = case / "logs" / "access.log"
    log.write_bytes(log.read_bytes()[1:])
    answer = tocsin("preserve", case, "--copy-to", tmp_path / "copies", "--lang", "en")
    assert "HAS CHANGED" in answer.out
    assert answer.code == 1


def test_preserve_says_that_a_file_is_gone(tocsin: Tocsin, case: Path) -> None:
    (case / "logs" / "access.log").unlink()
    assert "no longer there" in tocsin("preserve", case, "--lang", "en").out


def test_preserve_writes_letters_and_records_what_came_of_them(
    tocsin: Tocsin, case: Path, tmp_path: Path
) -> None:
    letters = tocsin("preserve", case, "letters", "--json", *NOW).json["result"]
    assert all(Path(page).exists() for page in letters["pages"])
    due = ("--due", "2026-11-24T00:00:00+01:00")
    asked = tocsin("preserve", case, "asked", "--source", "host", "--to-whom", "Acme", *due, *NOW, "--json")
    assert asked.json["result"]["requests"][0]["status"] == "asked"
    late = tocsin("preserve", case, "--json", "--now", "2026-12-01T00:00:00Z").json["result"]
    assert late["requests"][0]["status"] == "overdue"
    came = tmp_path / "host.log"
    came.write_bytes(b"a line\n")
    given = ("--source", "host", "--from-whom", "Acme", "--file", came)
    got = tocsin("preserve", case, "receipt", *given, "--at", "02:00", *NOW, "--json").json
    assert got["result"]["requests"][0]["receipts"][0]["sha256"] == [hashlib.sha256(b"a line\n").hexdigest()]
    reason = ("--from-whom", "A", "--why", "no such log")
    assert tocsin("preserve", case, "refused", "--source", "mail", *reason, *NOW).code == 0
    assert tocsin("journal", case, "check").code == 0


def test_preserve_tells_what_to_write_in_case_toml_when_custody_is_answered(
    tocsin: Tocsin, case: Path
) -> None:
    given = ("--source", "web", "--is", "attacker-reachable", "--from-whom", "Acme", "--why", "same rights")
    answer = tocsin("preserve", case, "custody", *given, "--lang", "en")
    assert 'custody = "attacker-reachable"' in answer.out
    assert "answered" in tocsin("preserve", case, "--lang", "en").out


def test_retention_that_is_no_length_is_refused_with_its_line(tocsin: Tocsin, case: Path) -> None:
    settings = case / "case.toml"
    settings.write_text(
        settings.read_text().replace('name = "web"', 'name = "web"\nretention = "6 moons"', 1)
    )
    told = tocsin("preserve", case, "--json").json["error"]
    assert told["code"] == "bad_span"
    assert told["where"]["line"] > 1


def test_verbs_write_beside_the_case_when_told_to(tocsin: Tocsin, empty: Path, tmp_path: Path) -> None:
    tocsin("contain", empty, "--account", "dr.x", "--to", tmp_path / "c")
    tocsin("preserve", empty, "letters", "--to", tmp_path / "p")
    assert (tmp_path / "c" / "sheet-en.txt").exists()
    assert (tmp_path / "p" / "fr" / "index.html").exists()
    assert not (empty / "requests").exists()


def test_sealed_or_locked_case_is_not_needed_to_look(tocsin: Tocsin, empty: Path) -> None:
    shutil.rmtree(empty / "tables", ignore_errors=True)
    assert tocsin("preserve", empty).code == 1


def test_journal_holds_no_more_than_accounts_and_names(tocsin: Tocsin, empty: Path) -> None:
    tocsin("contain", empty, "--account", "dr.x", "--by", "Anne")
    tocsin("contain", empty, "done", "sign_in", "--by", "Anne", "--note", "seen")
    lines = (empty / "journal" / "journal.jsonl").read_text().splitlines()
    body = json.loads(lines[-1])["body"]
    assert set(body) == {"account", "step", "at", "note", "nothing_there"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, datetime(2026, 11, 22, 2, 30, tzinfo=UTC)),
        ("03:12", datetime(2026, 11, 22, 2, 12, tzinfo=UTC)),
        ("3h12", datetime(2026, 11, 22, 2, 12, tzinfo=UTC)),
        ("23 h 50", datetime(2026, 11, 21, 22, 50, tzinfo=UTC)),
        ("2026-11-22T01:00:00+01:00", datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
    ],
)
def test_moment_is_the_last_time_that_the_clock_showed_it(text: str | None, expected: datetime) -> None:
    now = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert read_moment(text, zone="Europe/Paris", now=now) == expected


@pytest.mark.parametrize("text", ["2027-01-01T00:00:00Z", "25:00", "3", "2026-11-22T01:00:00"])
def test_moment_is_refused_when_it_is_to_come_or_no_hour(text: str) -> None:
    with pytest.raises(InputError):
        read_moment(text, zone="Europe/Paris", now=datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
