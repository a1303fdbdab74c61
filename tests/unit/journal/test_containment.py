# SPDX-License-Identifier: Apache-2.0
"""The checklist is the fold of the journal: no sequence of acts has one person do a step and check it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.journal.containment import (
    ADDED,
    CHECKED,
    DONE,
    EMERGENCY,
    UNDONE,
    AccountState,
    Status,
    StepState,
    fold,
)
from tocsin.journal.names import is_same_person, plain_name

START = datetime(2026, 11, 21, 23, tzinfo=UTC)
PEOPLE = ("Anne Le Gall", "anne le-gall", "Marc Petit", "Zoé Roy", "ZOE ROY")
STEPS = ("sign_in", "sessions")

ACTS = st.lists(
    st.tuples(
        st.sampled_from((ADDED, DONE, CHECKED, UNDONE, EMERGENCY, "scope:other:kind")),
        st.sampled_from(PEOPLE),
        st.sampled_from(("dr.x", "dr.y")),
        st.sampled_from(STEPS),
        st.booleans(),
    ),
    max_size=25,
)


def entry(number: int, kind: str, by: str, body: Mapping[str, Json]) -> Entry:
    at = (START + timedelta(minutes=number)).isoformat()
    return Entry(number, at, by, kind, {"at": at, **body}, "", "")


def folded(acts: list[tuple[str, str, str, str, bool]]) -> dict[str, AccountState]:
    return fold(
        entry(
            number,
            kind,
            by,
            {"account": account, "step": step, "holds": holds, "why": "why", "decided_by": by, "until": None},
        )
        for number, (kind, by, account, step, holds) in enumerate(acts, start=1)
    )


def step_after(*acts: tuple[str, str] | tuple[str, str, bool]) -> StepState:
    whole = [(act[0], act[1], "dr.x", "sign_in", act[2] if len(act) > 2 else True) for act in acts]
    return folded(whole)["dr.x"].step("sign_in")


def doers_since_undone(
    acts: list[tuple[str, str, str, str, bool]], account: str, step: str, state: StepState
) -> set[str]:
    """Whoever did the step after it was last open, in a plain reading of the acts."""
    found: set[str] = set()
    for number, (kind, by, where, what, _holds) in enumerate(acts, start=1):
        if (where, what) != (account, step):
            continue
        opened = state.undone is not None and state.undone.at == START + timedelta(minutes=number)
        if kind == UNDONE or opened:
            found = set()
        elif kind == DONE:
            found.add(plain_name(by))
    return found


@given(ACTS)
def test_no_sequence_of_acts_has_one_person_do_a_step_and_check_it(
    acts: list[tuple[str, str, str, str, bool]],
) -> None:
    for account, state in folded(acts).items():
        for code, step in state.steps.items():
            if step.status is Status.CHECKED:
                assert step.checked is not None
                assert step.done is not None
                assert not is_same_person(step.done.by, step.checked.by)
                assert plain_name(step.checked.by) not in doers_since_undone(acts, account, code, step)


@given(ACTS, st.sampled_from(PEOPLE), st.sampled_from(STEPS))
def test_undoing_opens_a_step_again_whatever_went_before(
    acts: list[tuple[str, str, str, str, bool]], by: str, step: str
) -> None:
    state = folded([*acts, (UNDONE, by, "dr.x", step, True)])["dr.x"].step(step)
    assert state.status is Status.OPEN
    assert state.done is None
    assert state.checked is None
    assert state.undone is not None
    assert not state.doers


@given(ACTS)
def test_a_step_is_checked_only_after_it_was_done(acts: list[tuple[str, str, str, str, bool]]) -> None:
    for state in folded(acts).values():
        for step in state.steps.values():
            assert (step.status is Status.OPEN) == (step.done is None)
            assert (step.status is Status.CHECKED) == (step.checked is not None)


@given(ACTS)
def test_accounts_and_steps_do_not_mix(acts: list[tuple[str, str, str, str, bool]]) -> None:
    alone = [act if act[2] == "dr.x" else ("scope:other:kind", *act[1:]) for act in acts]
    mixed = folded(acts).get("dr.x", AccountState())
    assert mixed.steps == folded(alone).get("dr.x", AccountState()).steps


@given(ACTS)
def test_emergencies_are_never_forgotten(acts: list[tuple[str, str, str, str, bool]]) -> None:
    for account, state in folded(acts).items():
        opened = [act for act in acts if act[0] == EMERGENCY and act[2] == account]
        assert [one.number for one in state.emergencies] == list(range(1, len(opened) + 1))


def test_step_is_done_then_checked_by_another() -> None:
    state = step_after((DONE, "Anne Le Gall"), (CHECKED, "Marc Petit"))
    assert state.status is Status.CHECKED


def test_check_counts_for_nothing_when_the_same_person_made_it_under_another_spelling() -> None:
    assert step_after((DONE, "Zoé Roy"), (CHECKED, "ZOE  ROY")).status is Status.DONE


def test_check_counts_for_nothing_from_whoever_did_it_before_somebody_did_it_again() -> None:
    state = step_after((DONE, "Anne Le Gall"), (DONE, "Marc Petit"), (CHECKED, "Anne Le Gall"))
    assert state.status is Status.DONE


def test_doing_it_again_takes_the_check_away() -> None:
    state = step_after((DONE, "Anne"), (CHECKED, "Marc"), (DONE, "Zoé"))
    assert state.status is Status.DONE


def test_check_that_fails_opens_the_step_again() -> None:
    state = step_after((DONE, "Anne"), (CHECKED, "Marc", False))
    assert state.status is Status.OPEN
    assert state.held_not


def test_check_of_what_nobody_did_counts_for_nothing() -> None:
    assert step_after((CHECKED, "Marc")).status is Status.OPEN


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anne Le Gall", "anne le-gall"), ("Zoé", "ZOE"), ("Dr. Roy", "dr roy"), ("A. Petit", " a petit ")],
)
def test_one_person_is_seen_through_spellings(one: str, other: str) -> None:
    assert is_same_person(one, other)


def test_two_persons_of_one_family_stay_two() -> None:
    assert not is_same_person("Anne Petit", "Marc Petit")


def test_name_without_a_letter_is_nobody() -> None:
    assert plain_name(" -- ") == ""
