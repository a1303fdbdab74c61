# SPDX-License-Identifier: Apache-2.0
"""Steps of a protocol get a rule of their own words: signed, they show nothing and are uncovered no more."""

from __future__ import annotations

from pathlib import Path

from tests.made_case import rows_of
from tests.unit.learn.scenes import learn_from, open_learning, templates_of
from tests.unit.scope.scenes import event
from tocsin.cli.count.learned import learned_lines
from tocsin.core.words import words
from tocsin.learn.proposed_file import FILE, read_proposals
from tocsin.learn.run import Learned
from tocsin.learn.signing import Signature, sign_rule
from tocsin.scope.run import run as run_scope
from tocsin.store.case import Case

SEEN = Signature("read the directory's manual")


def step(number: int, kind: str | None, **columns: object) -> dict[str, object]:
    return event(number, action="other", object_type=kind, **columns)


DIRECTORY = [
    event(1, action="login"),
    event(2, action="search", object="/people", session="c1", items=41),
    step(3, "result", session="c1", items=41),
    *(step(number, "result", session="c1") for number in range(4, 9)),
    step(9, "accept", session="c1"),
    event(10, action="logout"),
]


def learned(folder: Path, events: list[dict[str, object]]) -> Learned:
    with open_learning(folder, events) as case:
        run_scope(case)
        return learn_from(case)


def test_each_kind_of_step_is_proposed_as_showing_nothing_with_its_weight(tmp_path: Path) -> None:
    found = learned(tmp_path, DIRECTORY)
    steps = {one.rule.object_type: one for one in found.proposals if one.shows_nothing}
    assert {kind: one.effect.uncovered for kind, one in steps.items()} == {"result": 6, "accept": 1}
    assert {(one.rule.source, one.rule.action, one.rule.object) for one in steps.values()} == {
        ("app", "other", None)
    }
    text = (tmp_path / FILE).read_text("utf-8")
    assert "Steps of a protocol" in text
    assert 'object_type = "result"\ncategories = []' in text


def test_signed_steps_show_nothing_and_the_uncovered_share_shrinks(tmp_path: Path) -> None:
    learned(tmp_path, DIRECTORY)
    [name] = [kept.name for kept in read_proposals(tmp_path) if kept.rule.object_type == "result"]
    with Case(tmp_path, by="A. Martin") as case:
        signed = sign_rule(case, name, SEEN)
    assert (signed.before.uncovered, signed.after.uncovered, signed.after.events) == (8, 2, 10)
    with Case(tmp_path, by="A. Martin") as case:
        report = run_scope(case)
        reasons = {row["event_id"]: row["reason"] for row in rows_of(case, "nothing_shown")}
        unresolved = {row["event_id"]: row["reason"] for row in rows_of(case, "unresolved")}
    assert (report.uncovered, report.nothing_shown) == (2, 8)
    assert {reasons[number] for number in range(3, 9)} == {"rule"}
    assert unresolved == {2: "no_rule", 9: "no_rule"}


def test_sign_ins_and_sign_outs_need_no_rule(tmp_path: Path) -> None:
    found = learned(tmp_path, DIRECTORY)
    assert {one.rule.action for one in found.proposals} == {"search", "other"}


TELLING: list[dict[str, object]] = [
    {"person": "P001"},
    {"persons": ["P001", "P002"]},
    {"record_type": "appointment", "record": "100"},
    {"query": "fetch 100 from c"},
    {"file_name": "all.csv"},
    {"items": 12},
    {"bytes": 80_000},
    {"object": "FS1$"},
]


def test_steps_of_which_one_tells_something_wait_for_a_person(tmp_path: Path) -> None:
    events = [
        step(3 * number + place, f"ticket {number}", **(telling if place == 3 else {}))
        for number, telling in enumerate(TELLING)
        for place in (1, 2, 3)
    ]
    proposals = learned(tmp_path, events).proposals
    assert len(proposals) == len(TELLING)
    for one in proposals:
        found = (one.shows_nothing, one.is_open, one.effect.events, one.effect.telling)
        assert found == (False, True, 3, 1), one.rule.object_type
    assert "1 of its acts name something or somebody" in (tmp_path / FILE).read_text("utf-8")
    assert all(kept.is_waiting for kept in read_proposals(tmp_path))


def test_rule_of_steps_without_a_kind_is_weighed_with_all_that_it_would_match(tmp_path: Path) -> None:
    found = learned(tmp_path, [step(1, None), step(2, "fetch", query="fetch all from c")])
    whole = next(one for one in found.proposals if one.rule.object_type is None)
    assert (whole.effect.events, whole.effect.telling, whole.shows_nothing) == (2, 1, False)


def test_request_of_action_other_keeps_its_path(tmp_path: Path) -> None:
    found = learned(tmp_path, [step(1, "Patient", object="/fhir/Patient/P001"), step(2, None, object="/x")])
    assert templates_of(found) == {"/fhir/Patient/{person}": 1, "/x": 1}
    assert not any(one.shows_nothing for one in found.proposals)


def test_proposal_says_in_words_that_it_shows_nothing(tmp_path: Path) -> None:
    found = learned(tmp_path, DIRECTORY)
    said = "\n".join(learned_lines(words("fr"), found, 50, "case"))
    assert "ne montre rien (étapes d’un protocole)" in said
