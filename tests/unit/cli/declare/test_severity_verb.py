# SPDX-License-Identifier: Apache-2.0
"""`tocsin severity`: the score, the choices, and the conclusion that a person signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A case without a report."""
    folder = tmp_path / "night"
    folder.mkdir()
    (folder / "case.toml").write_text('[case]\nid = "N1"\norganisation = "hospital"\n')
    return folder


def test_the_golden_case_is_very_severe(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("severity", case, "--json")
    assert answer.code == 0
    found = answer.json["result"]
    assert (found["dpc"], found["ei"], found["cb"]) == (4, 1, 1.25)  # a record was changed
    assert (found["score"], found["level"], found["proposed"]) == (5.25, "very_high", "high_risk")
    assert (found["notify_authority"], found["tell_persons"]) == (True, True)


def test_nothing_is_computed_when_nothing_is_known(tocsin: Tocsin, night: Path) -> None:
    answer = tocsin("severity", night, "--json")
    assert (answer.code, answer.json["result"]["score"]) == (0, None)
    assert "CNIL" not in tocsin("severity", night).out


def test_a_choice_is_journalled_and_may_be_put_back(tocsin: Tocsin, case: Path) -> None:
    asked = ("set", "--context", "says=less", "--integrity", "none", "--why", "Mild, and restored")
    done = tocsin("severity", case, *asked, "--by", "DPO", "--json")
    assert done.code == 0
    found = tocsin("severity", case, "--json").json["result"]
    assert found["score"] == 4.0
    chosen = {one["axis"]: one["choice"] for one in found["answers"] if one["choice"]}
    assert {axis: (one["option"], one["by"]) for axis, one in chosen.items()} == {
        "says": ("less", "DPO"),
        "integrity": ("none", "DPO"),
    }
    back = ("set", "--context", "says=proposed", "--integrity", "proposed", "--why", "A mistake")
    assert tocsin("severity", case, *back).code == 0
    assert tocsin("severity", case, "--json").json["result"]["score"] == 5.25
    assert tocsin("journal", case, "check").code == 0


def test_a_conclusion_as_proposed_needs_no_reason_and_starts_article_34(tocsin: Tocsin, case: Path) -> None:
    asked = ("conclude", "--outcome", "high_risk", "--by", "DPO", "--at", "2024-06-12T08:00:00Z")
    assert tocsin("severity", case, *asked).code == 0
    clocks = tocsin("clocks", case, "--json", "--now", "2024-06-12T10:00:00Z").json["result"]["deadlines"]
    telling = next(one for one in clocks if one["clock"] == "gdpr-34")
    assert (telling["state"], telling["start"], telling["end"]) == ("running", "2024-06-12T08:00:00Z", None)


@pytest.mark.parametrize("outcome", ["unlikely", "risk", "more_needed"])
def test_a_conclusion_that_departs_is_refused_without_its_reason(
    tocsin: Tocsin, case: Path, outcome: str
) -> None:
    refused = tocsin("severity", case, "conclude", "--outcome", outcome, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "no_reason")
    assert tocsin("severity", case, "--json").json["result"]["conclusion"] is None
    why = ("--why", "The persons are our own test patients", "--by", "DPO")
    assert tocsin("severity", case, "conclude", "--outcome", outcome, *why).code == 0
    found = tocsin("severity", case, "--json").json["result"]
    assert found["departs"]
    assert found["notify_authority"] == (outcome != "unlikely")
    assert not found["tell_persons"]
    assert "our own test patients" in tocsin("severity", case).out


def test_a_conclusion_is_asked_again_when_the_score_moved(tocsin: Tocsin, case: Path) -> None:
    tocsin("severity", case, "conclude", "--outcome", "high_risk")
    moved = tocsin("severity", case, "set", "--context", "says=hardly", "--why", "General tests", "--json")
    assert (moved.code, moved.json["open_questions"][0]["code"]) == (1, "stale_conclusion")
    assert tocsin("severity", case).code == 1
    tocsin("severity", case, "conclude", "--outcome", "high_risk", "--why", "Minors")
    assert tocsin("severity", case).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("set", "--data", "sensible", "--why", "x"), "unknown_name"),
        (("set", "--context", "vulnerable", "--why", "x"), "usage"),
        (("set", "--context", "weather=fine", "--why", "x"), "unknown_name"),
        (("set", "--why", "x"), "usage"),
        (("set", "--data", "sensitive", "--why", "  "), "no_reason"),
        (("conclude", "--outcome", "grave"), "unknown_name"),
        (("conclude", "--outcome", "risk", "--why", "x", "--at", "2126-01-01T00:00:00Z"), "to_come"),
        (("conclude", "--outcome", "risk"), "no_reason"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    tocsin: Tocsin, night: Path, words: tuple[str, ...], code: str
) -> None:
    answer = tocsin("severity", night, *words, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    journal = night / "journal" / "journal.jsonl"
    assert not journal.exists() or journal.read_text() == ""


@pytest.mark.parametrize("text", ["[]", "{", '{"categories": 3}', "[" * 100_000])
def test_a_broken_report_is_told(tocsin: Tocsin, night: Path, text: str) -> None:
    (night / "report").mkdir()
    (night / "report" / "report.json").write_text(text)
    assert tocsin("severity", night, "--json").code == 2


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_screen_says_the_sum_and_the_bridge(tocsin: Tocsin, case: Path, lang: str) -> None:
    said = tocsin("severity", case, "--lang", lang).out
    assert "4 × 1" in said
    assert {"fr": "article 34", "en": "article 34"}[lang] in said
    assert {"fr": "Ce que donnerait", "en": "What each other choice"}[lang] in said
