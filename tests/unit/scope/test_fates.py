# SPDX-License-Identifier: Apache-2.0
"""What becomes of an event in scope: disclosed, nothing shown, unresolved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import CARD, event, person, reasons, run_scene, shown, values
from tocsin.scope.run import run

EVERYBODY = [person(f"P{n}") for n in range(1, 6)]


def fates(
    folder: Path, catalogue: str, *events: dict[str, object]
) -> tuple[dict[object, object], dict[object, object]]:
    """The reasons of what showed nothing, and of what is unresolved."""
    _, case = run_scene(folder, catalogue=catalogue, events=events, registry=EVERYBODY)
    return reasons(case, "nothing_shown"), reasons(case, "unresolved")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"action": "login"}, "login"),
        ({"action": "logout"}, "logout"),
        ({"action": "login", "outcome": "failure"}, "failure"),
        ({"action": "login_failed", "outcome": "failure"}, "failure"),
        ({"action": "login", "person": "P1"}, "login"),
        ({"object": "/card/P1", "outcome": "failure"}, "failure"),
    ],
)
def test_signing_in_or_failing_shows_nothing(tmp_path: Path, columns: dict[str, object], reason: str) -> None:
    assert fates(tmp_path, CARD, event(1, **columns)) == ({1: reason}, {})


def test_failure_shows_what_a_rule_that_speaks_of_outcomes_says(tmp_path: Path) -> None:
    rule = CARD + 'outcome = "failure"\n'
    _, case = run_scene(
        tmp_path, catalogue=rule, events=[event(1, object="/card/P1", outcome="failure")], registry=EVERYBODY
    )
    assert values(case, "disclosures", "person", "count_in") == [("P1", "floor"), ("P1", "floor")]


def test_failure_does_not_fall_under_a_rule_silent_on_outcomes(tmp_path: Path) -> None:
    rules = CARD + CARD.replace("identity.name", "health.record") + 'outcome = "failure"\n'
    _, case = run_scene(
        tmp_path, catalogue=rules, events=[event(1, object="/card/P1", outcome="failure")], registry=EVERYBODY
    )
    assert {row[3] for row in shown(case)} == {"health.record", "contact.phone"}


def test_unknown_outcome_discloses_in_the_ceiling_only(tmp_path: Path) -> None:
    _, case = run_scene(tmp_path, events=[event(1, object="/card/P1", outcome="unknown")], registry=EVERYBODY)
    assert values(case, "disclosures", "certainty", "count_in") == [("shown", "ceiling")] * 2


def test_retry_shows_nothing_when_its_earlier_attempt_succeeded(tmp_path: Path) -> None:
    nothing, _ = fates(tmp_path, CARD, event(1, object="/card/P1"), event(2, object="/card/P1", retry_of=1))
    assert nothing == {2: "retry"}


def test_retry_discloses_when_its_earlier_attempt_failed(tmp_path: Path) -> None:
    first = event(1, object="/card/P1", outcome="failure")
    nothing, _ = fates(
        tmp_path,
        CARD,
        first,
        event(2, object="/card/P1", retry_of=1),
        event(3, object="/card/P1", retry_of=1),
    )
    assert nothing == {1: "failure", 3: "retry"}


def test_retry_discloses_when_its_earlier_attempt_is_out_of_scope(tmp_path: Path) -> None:
    before = event(1, object="/card/P1", account="owner")
    nothing, _ = fates(tmp_path, CARD, before, event(2, object="/card/P1", retry_of=1))
    assert nothing == {}


def test_retry_discloses_when_its_earlier_attempt_is_less_suspect(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        events=[event(1, object="/card/P1"), event(2, object="/card/P1", retry_of=1, session="s")],
        registry=EVERYBODY,
        decisions=[
            {"selectors": {"account": "thief"}, "verdict": "doubtful", "p": 0.2},
            {"selectors": {"session": "s"}, "verdict": "illegitimate"},
        ],
    )
    assert values(case, "disclosures", "event_id", "count_in") == [
        (1, "ceiling"),
        (1, "ceiling"),
        (2, "floor"),
        (2, "floor"),
    ]


def test_first_attempt_counts_as_earlier_whatever_the_clocks_say(tmp_path: Path) -> None:
    late_first = event(9, object="/card/P1")
    nothing, _ = fates(tmp_path, CARD, late_first, event(2, object="/card/P1", retry_of=9))
    assert nothing == {2: "retry"}


def test_rule_without_categories_shows_nothing(tmp_path: Path) -> None:
    rule = '[[shows]]\nobject = "/help/**"\ncategories = []\n'
    assert fates(tmp_path, rule, event(1, object="/help/a/b", person="P1")) == ({1: "rule"}, {})


def test_uncovered_event_that_names_somebody_is_undetermined_and_never_in_the_floor(tmp_path: Path) -> None:
    events = [event(1, object="/new", person="P1"), event(2, object="/card/P1", account="owner")]
    report, case = run_scene(tmp_path, events=events, registry=EVERYBODY)
    assert values(case, "disclosures", "category", "certainty", "count_in") == [
        ("undetermined", "shown", "best")
    ]
    assert report.uncovered == 1


def test_uncovered_event_that_names_nobody_is_unresolved(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path, events=[event(1, object="/new", items=7), event(2, object="/card/P1")], registry=EVERYBODY
    )
    assert values(case, "unresolved", "event_id", "reason", "bound", "categories") == [
        (1, "no_rule", 7, None)
    ]


def test_uncovered_counts_neither_sign_ins_nor_failures_nor_retries(tmp_path: Path) -> None:
    events = [
        event(1, action="login"),
        event(2, object="/new", outcome="failure"),
        event(3, object="/new", person="P1"),
        event(4, object="/new", person="P1", retry_of=3),
    ]
    report, case = run_scene(tmp_path, events=[*events, event(5, object="/card/P1")], registry=EVERYBODY)
    assert values(case, "uncovered", "event_id") == [(3,)]
    assert report.uncovered == 1


def test_file_whose_content_is_not_held_is_unresolved(tmp_path: Path) -> None:
    rule = '[[shows]]\naction = "export"\nobject = "/exports/{file}"\ncategories = ["identity.name"]\n'
    _, case = run_scene(
        tmp_path, catalogue=rule, events=[event(1, action="export", object="/exports/a.csv", items=9)]
    )
    assert values(case, "unresolved", "reason", "bound", "categories", "record_type") == [
        ("unknown_content", 9, ["identity.name"], None)
    ]


def test_download_whose_persons_are_named_is_taken(tmp_path: Path) -> None:
    rule = '[[shows]]\nobject = "/exports/{file}"\ncategories = ["identity.name"]\n'
    events = [
        event(1, action="download", object="/exports/a", persons=["P1", "P2"]),
        event(2, action="export", object="/exports/a", persons=["P3"], outcome="unknown"),
        event(3, action="read", object="/exports/a", persons=["P4"]),
    ]
    _, case = run_scene(tmp_path, catalogue=rule, events=events, registry=EVERYBODY)
    assert values(case, "disclosures", "person", "certainty", "count_in") == [
        ("P1", "taken", "floor"),
        ("P2", "taken", "floor"),
        ("P3", "shown", "ceiling"),
        ("P4", "shown", "floor"),
    ]


def test_encrypted_disclosure_enters_no_count_and_pseudonymised_does(tmp_path: Path) -> None:
    rules = "".join(
        f'[[shows]]\nobject = "/{word}/{{person}}"\ncategories = ["health.record"]\nprotection = "{word}"\n'
        for word in ("encrypted", "pseudonymised")
    )
    events = [event(1, object="/encrypted/P1"), event(2, object="/pseudonymised/P2")]
    _, case = run_scene(tmp_path, catalogue=rules, events=events, registry=EVERYBODY)
    assert values(case, "disclosures", "protection", "count_in") == [
        ("encrypted", None),
        ("pseudonymised", "floor"),
    ]


@pytest.mark.parametrize(("p", "count"), [(0.5, "best"), (0.49, "ceiling"), ("", "ceiling")])
def test_doubtful_access_counts_by_its_p(tmp_path: Path, p: object, count: str) -> None:
    decision = {"selectors": {"account": "thief"}, "verdict": "doubtful", "p": p or None}
    _, case = run_scene(
        tmp_path, events=[event(1, object="/card/P1")], registry=EVERYBODY, decisions=[decision]
    )
    assert {row[0] for row in values(case, "disclosures", "count_in")} == {count}


def test_second_run_on_the_same_inputs_changes_nothing(tmp_path: Path) -> None:
    report, case = run_scene(tmp_path, events=[event(1, object="/card/P1")], registry=EVERYBODY)
    number = case.generation.number
    assert run(case) == report
    assert case.generation.number == number
