# SPDX-License-Identifier: Apache-2.0
"""Acts out of order, unknown organisations, and the table itself."""

from __future__ import annotations

import re

import pytest

from tests.unit.declare.timelines import (
    anchored,
    capacity,
    contradictions,
    deadlines,
    entries_of,
    met,
    scene,
    utc,
    withdrawn,
)
from tocsin.core.errors import InputError, MachineError
from tocsin.core.settings import CaseSettings
from tocsin.core.settings.case import CaseHead
from tocsin.declare.clocks.acts import ANCHORED, fold_acts
from tocsin.declare.clocks.deadline import Holds, State
from tocsin.declare.clocks.rules import Both, load_rules, read_rules

NOW = "2026-11-20T12:00:00Z"


def test_a_controller_aware_before_its_processor_is_told_when_nobody_holds_to_it() -> None:
    made = scene(
        NOW,
        anchored("processor_aware", "2026-11-18T10:00:00Z"),
        anchored("controller_aware", "2026-11-18T09:00:00Z"),
        organisation="platform",
    )
    (found,) = contradictions(made)
    assert (found.first.which, found.second.which) == ("processor_aware", "controller_aware")
    assert not found.accepted


def test_a_contradiction_is_no_longer_asked_when_a_person_holds_to_it() -> None:
    made = scene(
        NOW,
        anchored("processor_aware", "2026-11-18T10:00:00Z"),
        anchored("controller_aware", "2026-11-18T09:00:00Z", even_so=True),
        organisation="platform",
    )
    assert [found.accepted for found in contradictions(made)] == [True]


def test_a_notification_before_awareness_is_told() -> None:
    made = scene(NOW, met("gdpr-33-initial", "2026-11-17T09:00:00Z"), aware="2026-11-18T09:00:00+00:00")
    assert [found.second.which for found in contradictions(made)] == ["first_notification_sent"]


def test_a_controllers_own_contradiction_is_told_once_and_by_its_name() -> None:
    made = scene(
        NOW,
        anchored("controller_aware", "2026-11-18T09:00:00Z", controller="practice-7"),
        met("gdpr-33-initial", "2026-11-18T08:00:00Z", controller="practice-7"),
        organisation="platform",
    )
    assert [found.controller for found in contradictions(made)] == ["practice-7"]


@pytest.mark.parametrize("organisation", [None, "circus"])
def test_every_clock_is_to_be_confirmed_when_the_organisation_is_unknown(organisation: str | None) -> None:
    found = deadlines(scene(NOW, organisation=organisation, aware="2026-11-18T09:00:00+00:00"))
    assert all(one.binds is Holds.TO_BE_CONFIRMED for one in found.values() if one.capacity != "any")
    assert found["gdpr-33-initial"].state is State.RUNNING
    assert found["gdpr-33-initial"].anchor is not None
    assert found["gdpr-33-initial"].anchor.presumed


def test_a_proposal_of_law_never_runs() -> None:
    found = deadlines(scene(NOW, aware="2026-11-18T09:00:00+00:00"))["gdpr-33-initial-96h"]
    assert (found.state, found.why, found.end) == (State.NOT_APPLICABLE, "proposed", None)


def test_a_presumed_start_is_confirmed_when_a_person_says_the_same_instant() -> None:
    aware = "2026-11-18T09:00:00+00:00"
    presumed = deadlines(scene(NOW, capacity("insured", "yes"), aware=aware))["complaint-insurance"]
    said = deadlines(scene(NOW, capacity("insured", "yes"), anchored("attack_known", aware), aware=aware))
    assert presumed.to_be_confirmed
    assert not said["complaint-insurance"].to_be_confirmed
    assert presumed.end == said["complaint-insurance"].end


def test_presumed_starts_follow_the_awareness_that_a_person_decided() -> None:
    aware = "2026-11-18T09:00:00+00:00"
    made = scene(NOW, anchored("controller_aware", "2026-11-17T22:00:00Z"), aware=aware)
    found = deadlines(made)
    for name in ("complaint-insurance", "nis2-notification", "log-freeze"):
        assert found[name].start == utc("2026-11-17T22:00:00Z")
    assert found["complaint-insurance"].to_be_confirmed


def test_a_presumed_start_may_be_taken_back() -> None:
    made = scene(NOW, withdrawn("anchor", "attack_known"), aware="2026-11-18T09:00:00+00:00")
    assert deadlines(made)["complaint-insurance"].state is State.NOT_STARTED


def test_what_is_presumed_contradicts_nothing() -> None:
    made = scene(
        NOW, anchored("controller_aware", "2026-11-17T22:00:00Z"), organisation=None,
        aware="2026-11-18T09:00:00+00:00",
    )  # fmt: skip
    assert contradictions(made) == []


def test_a_start_still_to_come_is_waited_for() -> None:
    found = deadlines(scene(NOW, aware="2026-11-21T09:00:00+00:00"))["gdpr-33-initial"]
    assert (found.state, found.why) == (State.NOT_STARTED, "later")


@pytest.mark.parametrize(
    "body", [{}, {"which": "attack_known", "at": "soon", "why": ""}, {"which": 1, "at": None}]
)
def test_an_entry_of_another_shape_is_refused(body: dict[str, None]) -> None:
    with pytest.raises(InputError, match="Entry 1"):
        fold_acts(load_rules(), CaseSettings(case=CaseHead(id="t")), entries_of([(ANCHORED, dict(body))]))


def test_every_organisation_of_the_contract_is_in_the_table() -> None:
    known = {one.id for one in load_rules().organisations}
    assert {"hospital", "gcs", "grades", "platform", "insurer", "practice"} <= known


def test_each_clock_has_one_length_at_most_and_a_source() -> None:
    for clock in load_rules().clocks:
        lengths = [clock.hours, clock.days, clock.working_days, clock.months]
        assert sum(length is not None for length in lengths) <= 1
        assert clock.law.fr
        assert clock.law.en
        assert clock.link
        assert clock.version
        assert not (clock.contract and clock.has_term)


def test_the_table_is_written_in_french_typography() -> None:
    rules = load_rules()
    texts = [
        text.fr
        for row in (*rules.clocks, *rules.anchors, *rules.capacities, *rules.organisations, *rules.orders)
        for name in row.__struct_fields__
        if isinstance(text := getattr(row, name), Both)
    ]
    assert len(texts) > 100
    wrong = [text for text in texts if re.search(r" [;!?:»]|« |'|\.\.\.", text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"version = 1", "version"),
        (
            (
                b'version="1"\nalarms=[]\ncapacities=[]\nanchors=[]\nclocks=[]\norganisations=[]\n'
                b'[[orders]]\nfirst="a"\nsecond="b"\nsay={fr="", en=""}'
            ),
            "order of a",
        ),
    ],
)
def test_a_broken_table_is_refused(text: bytes, problem: str) -> None:
    with pytest.raises(MachineError, match=problem):
        read_rules(text)
