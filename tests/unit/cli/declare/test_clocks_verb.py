# SPDX-License-Identifier: Apache-2.0
"""`tocsin clocks`, as a security officer types it at night."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Tocsin

NOW = ("--now", "2026-11-20T12:00:00Z")
AWARE = "2026-11-18T09:00:00+01:00"


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A case that holds nothing but who and when."""
    folder = tmp_path / "night"
    folder.mkdir()
    (folder / "case.toml").write_text(
        f'[case]\nid = "N1"\norganisation = "hospital"\nbecame_aware_at = {AWARE}\nbecame_aware_by = "RSSI"\n'
    )
    return folder


def clock(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in answer["result"]["deadlines"] if one["clock"] == name)


def test_an_empty_case_has_its_deadlines_in_both_zones(tocsin: Tocsin, night: Path) -> None:
    answer = tocsin("clocks", night, "--json", *NOW)
    assert answer.code == 0
    cnil = clock(answer.json, "gdpr-33-initial")
    assert (cnil["end"], cnil["end_local"]) == ("2026-11-21T08:00:00Z", "2026-11-21T09:00:00+01:00")
    assert (cnil["left"], cnil["elapsed"], cnil["state"]) == (20 * 3600, 52 * 3600, "running")


def test_looking_writes_nothing(tocsin: Tocsin, night: Path) -> None:
    tocsin("clocks", night, "--json")
    assert [path.name for path in night.iterdir()] == ["case.toml"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_screen_says_what_is_left(tocsin: Tocsin, night: Path, lang: str) -> None:
    said = tocsin("clocks", night, "--lang", lang, *NOW)
    assert {"fr": "il reste 20\u00a0h", "en": "20 h 0 min left"}[lang].replace("\u00a0", " ") in said.out
    assert "gdpr-33-initial" in said.out


def test_a_decision_is_journalled_and_what_it_supersedes_is_kept(tocsin: Tocsin, night: Path) -> None:
    asked = ("anchor", "--which", "controller_aware", "--at", "2026-11-18T07:30:00+01:00")
    done = tocsin("clocks", night, *asked, "--why", "The publisher's call", "--by", "DPO", "--json", *NOW)
    assert done.code == 0
    assert done.json["result"]["body"]["supersedes"]["at"] == "2026-11-18T08:00:00+00:00"
    # case.toml may change: the entry does not.
    text = (night / "case.toml").read_text()
    (night / "case.toml").write_text(text.replace("09:00:00", "11:00:00"))
    answer = tocsin("clocks", night, "--json", *NOW).json
    assert clock(answer, "gdpr-33-initial")["end"] == "2026-11-21T06:30:00Z"
    assert clock(answer, "gdpr-33-initial")["anchor"]["by"] == "DPO"
    assert tocsin("journal", night, "check").code == 0


def test_a_contradiction_is_recorded_told_and_asked_until_held_to(tocsin: Tocsin, night: Path) -> None:
    # The processor is said to have been aware after its controller.
    asked = ("anchor", "--which", "processor_aware", "--at", "2026-11-18T10:00:00+01:00", "--why", "Mail")
    answer = tocsin("clocks", night, *asked, "--json", *NOW)
    assert answer.code == 1
    assert answer.json["open_questions"][0]["code"] == "contradiction"
    assert tocsin("clocks", night, *NOW).code == 1
    held = tocsin("clocks", night, *asked, "--even-so", *NOW)
    assert held.code == 0
    assert tocsin("clocks", night, *NOW).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("anchor", "--which", "controler_aware", "--at", AWARE, "--why", "x"), "unknown_name"),
        (("anchor", "--which", "breach_known", "--at", AWARE, "--why", "x"), "derived_anchor"),
        (("anchor", "--which", "attack_known", "--at", "2026-11-18T09:00:00", "--why", "x"), "no_zone"),
        (("anchor", "--which", "attack_known", "--at", "yesterday", "--why", "x"), "bad_instant"),
        (
            ("anchor", "--which", "attack_known", "--at", "0001-01-01T00:00:00+14:00", "--why", "x"),
            "bad_instant",
        ),
        (("anchor", "--which", "attack_known", "--at", "2126-11-18T09:00:00Z", "--why", "x"), "to_come"),
        (("anchor", "--which", "attack_known", "--at", AWARE, "--why", " "), "no_reason"),
        (
            ("anchor", "--which", "attack_known", "--at", AWARE, "--why", "x", "--controller", "p"),
            "no_controller",
        ),
        (("met", "--clock", "gdpr-33", "--at", AWARE, "--receipt", "x"), "unknown_name"),
        (("term", "--clock", "gdpr-33-initial", "--hours", "96", "--why", "x"), "not_a_contract"),
        (("term", "--clock", "processor-notice", "--hours", "0", "--why", "x"), "bad_term"),
        (("capacity", "--which", "king", "--holds", "yes", "--why", "x"), "unknown_name"),
        (("withdraw", "--which", "gdpr-33-initial", "--why", "x"), "nothing_there"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    tocsin: Tocsin, night: Path, words: tuple[str, ...], code: str
) -> None:
    answer = tocsin("clocks", night, *words, "--json")
    assert answer.code == 2
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["what"]
    journal = night / "journal" / "journal.jsonl"
    assert not journal.exists() or journal.read_text() == ""


def test_a_receipt_meets_a_clock_and_starts_the_next(tocsin: Tocsin, night: Path) -> None:
    sent = ("met", "--clock", "gdpr-33-initial", "--at", "2026-11-20T10:00:00Z", "--receipt", "CNIL 42")
    assert tocsin("clocks", night, *sent, *NOW).code == 0
    answer = tocsin("clocks", night, "--json", *NOW).json
    assert clock(answer, "gdpr-33-initial")["met"]["receipt"] == "CNIL 42"
    assert clock(answer, "gdpr-33-complementary")["end"] == "2026-11-23T10:00:00Z"
    assert tocsin("clocks", night, "withdraw", "--which", "first_notification_sent", "--why", "no").code == 0
    assert clock(tocsin("clocks", night, "--json", *NOW).json, "gdpr-33-initial")["state"] == "running"


def test_the_sending_may_be_anchored_as_an_act(tocsin: Tocsin, night: Path) -> None:
    asked = ("anchor", "--which", "first_notification_sent", "--at", "2026-11-20T10:00:00Z", "--why", "No 42")
    assert tocsin("clocks", night, *asked, *NOW).code == 0
    assert clock(tocsin("clocks", night, "--json", *NOW).json, "gdpr-33-initial")["state"] == "met"


def test_a_contract_and_a_capacity_change_what_runs(tocsin: Tocsin, night: Path) -> None:
    term = ("term", "--clock", "processor-notice", "--hours", "48", "--why", "Contract")
    no = ("--holds", "no", "--why", "Own system")
    assert tocsin("clocks", night, *term).code == 0
    end = clock(tocsin("clocks", night, "--json", *NOW).json, "processor-notice")["end"]
    assert end == "2026-11-20T08:00:00Z"
    assert tocsin("clocks", night, "capacity", "--which", "processor", *no).code == 0
    assert tocsin("clocks", night, "capacity", "--which", "hds_host", *no).code == 0
    after = clock(tocsin("clocks", night, "--json", *NOW).json, "processor-notice")
    assert (after["state"], after["why"]) == ("not_applicable", "not_bound")


def test_an_unknown_organisation_is_told_and_everything_is_shown(tocsin: Tocsin, night: Path) -> None:
    text = (night / "case.toml").read_text().replace('"hospital"', '"circus"')
    (night / "case.toml").write_text(text)
    answer = tocsin("clocks", night, "--json", *NOW).json
    assert [one["code"] for one in answer["warnings"]] == ["unknown_organisation"]
    assert clock(answer, "gdpr-33-initial")["to_be_confirmed"]


def test_the_calendar_is_written_where_it_is_asked_for(tocsin: Tocsin, night: Path, tmp_path: Path) -> None:
    target = tmp_path / "échéances.ics"
    assert tocsin("clocks", night, "--ics", target, *NOW).code == 0
    assert target.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    nowhere = tocsin("clocks", night, "--ics", tmp_path / "no" / "x.ics", "--json", *NOW)
    assert (nowhere.code, nowhere.json["error"]["code"]) == (2, "cannot_write")


def test_an_instant_out_of_the_calendar_is_told(tocsin: Tocsin, night: Path) -> None:
    text = (night / "case.toml").read_text().replace(AWARE, "9999-12-30T12:00:00Z")
    (night / "case.toml").write_text(text)
    answer = tocsin("clocks", night, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "out_of_range")


def test_what_a_person_typed_commands_no_terminal(tocsin: Tocsin, night: Path) -> None:
    asked = ("anchor", "--which", "controller_aware", "--at", AWARE, "--why", "\x1b[31mred\u202e")
    tocsin("clocks", night, *asked, *NOW)
    said = tocsin("clocks", night, *NOW).out
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize("deed", ["anchor", "met", "withdraw", "term", "capacity"])
def test_help_of_a_deed_needs_no_case(tocsin: Tocsin, deed: str) -> None:
    said = tocsin("clocks", deed, "--help")
    assert said.code == 0
    assert "Example:" in said.out


def test_a_controller_that_the_case_does_not_name_is_told(tocsin: Tocsin, night: Path) -> None:
    with (night / "case.toml").open("a") as file:
        file.write('\n[[controllers]]\nid = "practice-7"\n')
    answer = tocsin("clocks", night, "--controller", "practise-7", "--json", *NOW)
    assert (answer.code, answer.json["error"]["code"]) == (2, "no_controller")
    assert "practice-7" in answer.json["error"]["do"]
    own = tocsin("clocks", night, "--controller", "practice-7", "--json", *NOW)
    assert clock(own.json, "gdpr-33-initial")["state"] == "not_started"
