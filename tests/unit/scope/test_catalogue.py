# SPDX-License-Identifier: Apache-2.0
"""Rules and events: versions, ambiguity, rules that hold together, a catalogue of another system."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import (
    CARD,
    event,
    open_scene,
    person,
    persons,
    reasons,
    run_scene,
    shown,
    values,
)
from tocsin.core.errors import InputError
from tocsin.scope.run import run

PEOPLE = [person("P1"), person("P2")]
ANY = '[[shows]]\nobject = "/**"\ncategories = ["other"]\n'


def refusal(folder: Path, catalogue: str, *events: dict[str, object]) -> InputError:
    with open_scene(folder, catalogue=catalogue, events=events, registry=PEOPLE) as case:
        with pytest.raises(InputError) as error:
            run(case)
        assert case.generation.tables.get("judged") is None, "nothing was written"
    return error.value


def test_latest_version_that_is_not_after_the_event_holds(tmp_path: Path) -> None:
    rules = "".join(
        f'[[shows]]\nobject = "/card/{{person}}"\ncategories = ["{category}"]\n{since}'
        for category, since in (
            ("identity.name", ""),
            ("contact.email", "since = 2024-06-11T12:02:00Z\n"),
            ("contact.phone", "since = 2024-06-11T12:04:00Z\n"),
        )
    )
    events = [event(n, object="/card/P1") for n in (1, 2, 3, 4)]
    _, case = run_scene(tmp_path, catalogue=rules, events=events, registry=PEOPLE)
    assert [category for (category,) in values(case, "disclosures", "category")] == [
        "identity.name",
        "contact.email",
        "contact.email",
        "contact.phone",
    ]


def test_event_before_every_version_is_uncovered(tmp_path: Path) -> None:
    rules = CARD + "since = 2024-06-11T12:02:00Z\n"
    _, case = run_scene(
        tmp_path,
        catalogue=rules,
        events=[event(1, object="/card/P1"), event(2, object="/card/P1")],
        registry=PEOPLE,
    )
    assert values(case, "uncovered", "event_id") == [(1,)]


def test_two_different_selectors_on_one_event_are_refused_by_number(tmp_path: Path) -> None:
    error = refusal(tmp_path, CARD + ANY, event(1, object="/card/P1"), event(2, object="/card/P2"))
    assert error.code == "ambiguous_catalogue"
    assert "numbers 1 and 2" in error.what
    assert "events in scope: 2." in error.what
    assert "P1" not in str(error)


def test_ambiguity_outside_the_scope_is_none(tmp_path: Path) -> None:
    events = [event(1, object="/card/P1", account="owner"), event(2, object="/x", person="P1")]
    _, case = run_scene(tmp_path, catalogue=CARD + ANY, events=events, registry=PEOPLE)
    assert persons(case) == {2: {"P1"}}


def test_one_rule_that_says_together_is_not_enough(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, CARD + "together = true\n" + ANY, event(1, object="/card/P1")).code
        == "ambiguous_catalogue"
    )


def test_rules_that_hold_together_all_disclose(tmp_path: Path) -> None:
    rules = CARD + "together = true\n" + ANY + "together = true\n"
    _, case = run_scene(
        tmp_path, catalogue=rules, events=[event(1, object="/card/P1", person="P2")], registry=PEOPLE
    )
    assert {(row[1], row[3]) for row in shown(case)} == {
        ("P1", "identity.name"),
        ("P1", "contact.phone"),
        ("P2", "other"),
    }


def test_of_rules_that_hold_together_the_clearest_says_a_category(tmp_path: Path) -> None:
    rule = '[[shows]]\nobject = "/card/{person}"\ncategories = ["health.record"]\ntogether = true\n'
    hidden = rule.replace("/card", "/*") + 'protection = "encrypted"\n'
    _, case = run_scene(
        tmp_path, catalogue=hidden + rule, events=[event(1, object="/card/P1")], registry=PEOPLE
    )
    assert values(case, "disclosures", "category", "protection", "count_in") == [
        ("health.record", "clear", "floor")
    ]


def test_equal_selectors_and_since_are_versions_only_when_both_say_together(tmp_path: Path) -> None:
    twin = CARD.replace('"identity.name", "contact.phone"', '"health.record"')
    assert refusal(tmp_path / "a", CARD + twin, event(1, object="/card/P1")).code == "ambiguous_catalogue"
    both = CARD + "together = true\n" + twin + 'protection = "encrypted"\ntogether = true\n'
    _, case = run_scene(tmp_path / "b", catalogue=both, events=[event(1, object="/card/P1")], registry=PEOPLE)
    assert len(shown(case)) == 3


def test_rule_that_discloses_and_rule_that_shows_nothing_disclose_together(tmp_path: Path) -> None:
    rules = CARD + 'together = true\n[[shows]]\nobject = "/**"\ncategories = []\ntogether = true\n'
    events = [event(1, object="/card/P1"), event(2, object="/other")]
    _, case = run_scene(tmp_path, catalogue=rules, events=events, registry=PEOPLE)
    assert persons(case) == {1: {"P1"}}
    assert reasons(case, "nothing_shown") == {2: "rule"}


def test_catalogue_of_another_system_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, CARD.replace("/card", "/carte"), event(1, object="/card/P1"))
    assert error.code == "catalogue_matches_nothing"


def test_catalogue_that_fits_other_events_leaves_those_in_scope_uncovered(tmp_path: Path) -> None:
    events = [event(1, object="/new", items=1), event(2, object="/card/P1", account="owner")]
    _, case = run_scene(tmp_path, events=events, registry=PEOPLE)
    assert reasons(case, "unresolved") == {1: "no_rule"}


def test_catalogue_is_not_refused_when_only_sign_ins_and_failures_are_in_scope(tmp_path: Path) -> None:
    events = [event(1, action="login"), event(2, object="/x", outcome="failure")]
    report, _ = run_scene(tmp_path, catalogue=CARD.replace("/card", "/carte"), events=events, registry=PEOPLE)
    assert report.nothing_shown == 2


@pytest.mark.parametrize(
    ("selector", "value", "other"),
    [
        ('source = "w*"', {"source": "web"}, {"source": "app"}),
        ('status = "2??"', {"status": "204"}, {"status": "2044"}),
        ('client = "app [12]"', {"client": "app 2"}, {"client": "app 3"}),
        ('client = "app [12]"', {"client": "app [12]"}, {"client": "app [1"}),
        ('user_agent = "Case*"', {"user_agent": "Case/1"}, {"user_agent": "case/1"}),
        ('address = "2001:DB8::1"', {"address": "2001:db8::1"}, {"address": "2001:db8::11"}),
        ('object_type = "card"', {"object_type": "card"}, {"object_type": None}),
    ],
)
def test_selector_matches_exactly_or_as_a_glob(
    tmp_path: Path, selector: str, value: dict[str, object], other: dict[str, object]
) -> None:
    rules = f'[[shows]]\n{selector}\ncategories = ["other"]\n'
    events = [event(1, person="P1", **value), event(2, person="P2", **other)]
    _, case = run_scene(tmp_path, catalogue=rules, events=events, registry=PEOPLE)
    assert {row[3] for row in shown(case) if row[0] == 1} == {"other"}
    assert {row[3] for row in shown(case) if row[0] == 2} == {"undetermined"}


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*", "/a/", False),
        ("/a/**", "/a/b/c", True),
        ("/a/x*.css", "/a/x.css", True),
        ("/a/{person}/b", "/a/P1/b", True),
        ("/a/{person}/b", "/a//b", False),
        ("/a.b", "/axb", False),
        ("/a", "/A", False),
        ("/é/**", "/é/\n", True),
    ],
)
def test_path_matches_segment_by_segment(tmp_path: Path, pattern: str, path: str, matches: bool) -> None:
    rules = f'[[shows]]\nobject = "{pattern}"\ncategories = []\n[[shows]]\naction = "list"\ncategories = []\n'
    events = [event(1, object=path), event(2, action="list")]
    _, case = run_scene(tmp_path, catalogue=rules, events=events)
    assert (1 in reasons(case, "nothing_shown")) is matches


def test_placeholder_that_means_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, CARD.replace("{person}", "{record}"), event(1)).code == "bad_pattern"
