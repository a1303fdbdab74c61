# SPDX-License-Identifier: Apache-2.0
"""Timelines as they may happen, each end worked out by hand on a calendar, not by the code."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.declare.timelines import (
    anchored,
    capacity,
    concluded,
    contradictions,
    deadlines,
    met,
    scene,
    termed,
    utc,
    withdrawn,
)
from tocsin.declare.clocks.deadline import Holds, State

HOUR = timedelta(hours=1)


def test_a_plain_week_gives_72_hours_and_its_alarms_when_a_hospital_becomes_aware() -> None:
    # Tuesday 3 November 2026, 09:30 in Paris; winter time all along.
    found = deadlines(scene("2026-11-04T09:30:00+01:00", aware="2026-11-03T09:30:00+01:00"))
    cnil = found["gdpr-33-initial"]
    assert (cnil.start, cnil.end) == (utc("2026-11-03T08:30:00Z"), utc("2026-11-06T08:30:00Z"))
    assert (cnil.state, cnil.binds, cnil.left) == (State.RUNNING, Holds.YES, 48 * HOUR)
    assert [(alarm.at, alarm.due) for alarm in cnil.alarms] == [
        (utc("2026-11-04T20:30:00Z"), False),
        (utc("2026-11-05T08:30:00Z"), False),
        (utc("2026-11-06T02:30:00Z"), False),
        (utc("2026-11-06T07:30:00Z"), False),
    ]
    assert not cnil.to_be_confirmed


def test_the_local_hour_of_the_end_is_later_when_summer_time_begins_in_between() -> None:
    # Friday 26 March 2027, 20:00 (UTC+1); clocks go forward on Sunday 28 March at 01:00 UTC.
    found = deadlines(scene("2027-03-29T18:59:00Z", aware="2027-03-26T20:00:00+01:00"))
    cnil = found["gdpr-33-initial"]
    assert cnil.end == utc("2027-03-29T21:00:00+02:00")
    assert cnil.length == 72 * HOUR
    assert (cnil.state, cnil.left) == (State.RUNNING, timedelta(minutes=1))


def test_the_local_hour_of_the_end_is_earlier_when_summer_time_ends_in_between() -> None:
    # Friday 23 October 2026, 20:00 (UTC+2); clocks go back on Sunday 25 October at 01:00 UTC.
    found = deadlines(scene("2026-10-26T18:00:00Z", aware="2026-10-23T20:00:00+02:00"))
    cnil = found["gdpr-33-initial"]
    assert cnil.end == utc("2026-10-26T19:00:00+01:00")
    assert cnil.length == 72 * HOUR
    assert (cnil.state, cnil.left) == (State.PASSED, timedelta(0))


def test_two_clocks_run_in_chain_when_a_processor_is_aware_before_its_controller() -> None:
    # A publisher is aware on Monday 10 November 2025 at 22:00, tells its customers on Wednesday at 11:00.
    made = scene(
        "2025-11-13T00:00:00+01:00",
        termed("processor-notice", 48),
        anchored("controller_aware", "2025-11-12T11:00:00+01:00"),
        organisation="platform",
        aware="2025-11-10T22:00:00+01:00",
    )
    found = deadlines(made)
    assert found["processor-notice"].start == utc("2025-11-10T21:00:00Z")
    assert found["processor-notice"].end == utc("2025-11-12T21:00:00Z")
    assert found["processor-notice"].state is State.PASSED
    assert found["processor-notice"].term_basis == "contract, article 12"
    assert found["gdpr-33-initial"].end == utc("2025-11-15T10:00:00Z")  # a Saturday
    assert found["gdpr-33-initial"].binds is Holds.TO_BE_CONFIRMED
    assert found["log-freeze"].start == utc("2025-11-10T21:00:00Z")  # the first of the two
    assert contradictions(made) == []


def test_nis2_does_not_apply_and_a_holiday_moves_nothing_when_a_practice_is_no_such_entity() -> None:
    # Wednesday 13 May 2026, 17:00; Thursday is Ascension Day; the end is a Saturday.
    made = scene(
        "2026-05-14T12:00:00Z",
        capacity("nis2_entity", "no"),
        organisation="practice",
        aware="2026-05-13T17:00:00+02:00",
    )
    found = deadlines(made)
    for name in ("nis2-early-warning", "nis2-notification", "nis2-final"):
        assert (found[name].state, found[name].why) == (State.NOT_APPLICABLE, "not_bound")
        assert (found[name].capacity, found[name].binds, found[name].end) == ("nis2_entity", Holds.NO, None)
    cnil = found["gdpr-33-initial"]
    assert cnil.end == utc("2026-05-16T17:00:00+02:00")
    assert cnil.working_days == 1  # Friday alone: told, and the end stays


def test_the_later_decision_holds_and_the_old_value_stays_when_an_act_is_anchored_twice() -> None:
    # case.toml says Monday 1 June 2026, 10:00; the publisher's message was read on Sunday at 22:15.
    made = scene(
        "2026-06-03T20:30:00Z",
        anchored("controller_aware", "2026-05-31T23:00:00+02:00", "first account"),
        anchored("controller_aware", "2026-05-31T22:15:00+02:00", "the publisher's message, read"),
        aware="2026-06-01T10:00:00+02:00",
    )
    cnil = deadlines(made)["gdpr-33-initial"]
    assert (cnil.start, cnil.end) == (utc("2026-05-31T20:15:00Z"), utc("2026-06-03T20:15:00Z"))
    assert cnil.state is State.PASSED
    held = [value.reached for value in made.acts.values["controller_aware", None]]
    assert [(one.at, one.why, one.by) for one in held] == [
        (utc("2026-06-01T08:00:00Z"), "case.toml: became_aware_at", "CISO"),
        (utc("2026-05-31T21:00:00Z"), "first account", "DPO"),
        (utc("2026-05-31T20:15:00Z"), "the publisher's message, read", "DPO"),
    ]
    assert held[0].recorded_at is None
    assert held[1].recorded_at is not None


def test_a_month_and_72_hours_end_on_29_february_when_the_year_has_one() -> None:
    # Saturday 29 January 2028, 10:00: a month later is Tuesday 29 February 2028, 10:00.
    made = scene(
        "2028-02-27T00:00:00Z",
        anchored("significant_incident_known", "2028-01-29T10:00:00+01:00"),
        anchored("controller_aware", "2028-02-26T23:30:00+01:00"),
        capacity("nis2_entity", "yes"),
    )
    found = deadlines(made)
    assert found["nis2-final"].end == utc("2028-02-29T10:00:00+01:00")
    assert found["nis2-final"].to_be_confirmed  # the rule itself is in movement
    assert found["gdpr-33-initial"].end == utc("2028-02-29T23:30:00+01:00")
    # 31 January 2027 has no such day in February: the month's last.
    short = scene("2027-02-01T00:00:00Z", anchored("significant_incident_known", "2027-01-31T10:00:00+01:00"))
    assert deadlines(short)["nis2-final"].end == utc("2027-02-28T10:00:00+01:00")


def test_the_complement_starts_with_the_receipt_when_the_first_notification_was_sent() -> None:
    # Aware on Wednesday 23 December 2026, 16:00; sent on Christmas Eve at 18:00; 72 hours later is a Sunday.
    made = scene(
        "2026-12-26T12:00:00Z",
        met("gdpr-33-initial", "2026-12-24T18:00:00+01:00", "CNIL 2026-123"),
        aware="2026-12-23T16:00:00+01:00",
    )
    first, second = (deadlines(made)[name] for name in ("gdpr-33-initial", "gdpr-33-complementary"))
    assert first.state is State.MET
    assert first.met is not None
    assert (first.met.receipt, first.met.late, first.alarms) == ("CNIL 2026-123", False, ())
    assert (second.start, second.end) == (utc("2026-12-24T17:00:00Z"), utc("2026-12-27T17:00:00Z"))
    assert (second.state, second.left, second.clock.target) == (State.RUNNING, 29 * HOUR, True)
    taken_back = scene(
        "2026-12-26T12:00:00Z",
        met("gdpr-33-initial", "2026-12-24T18:00:00+01:00"),
        withdrawn("met", "gdpr-33-initial"),
        aware="2026-12-23T16:00:00+01:00",
    )
    assert deadlines(taken_back)["gdpr-33-complementary"].state is State.NOT_STARTED
    assert deadlines(taken_back)["gdpr-33-initial"].state is State.RUNNING


def test_the_complaint_has_72_hours_from_april_2023_and_none_before() -> None:
    # Known on Saturday 3 February 2024, 06:10; filed on Tuesday at 06:11, a minute late.
    made = scene(
        "2024-02-08T00:00:00Z",
        anchored("attack_known", "2024-02-03T06:10:00+01:00"),
        met("complaint-insurance", "2024-02-06T06:11:00+01:00", "PV 7"),
        capacity("insured", "yes"),
    )
    complaint = deadlines(made)["complaint-insurance"]
    assert complaint.end == utc("2024-02-06T05:10:00Z")
    assert complaint.met is not None
    assert complaint.met.late
    before = scene("2023-04-23T00:00:00Z", anchored("attack_known", "2023-04-20T06:10:00+02:00"))
    early = deadlines(before)["complaint-insurance"]
    assert (early.state, early.why) == (State.NOT_APPLICABLE, "before_force")


def test_telling_persons_has_no_hour_and_starts_when_a_high_risk_is_concluded() -> None:
    at = "2026-09-10T09:00:00+02:00"
    telling = deadlines(
        scene("2026-09-11T10:00:00Z", concluded("high_risk", at), aware="2026-09-09T09:00:00Z")
    )["gdpr-34"]
    assert (telling.state, telling.start, telling.end) == (State.RUNNING, utc("2026-09-10T07:00:00Z"), None)
    assert (telling.elapsed, telling.left, telling.alarms) == (27 * HOUR, None, ())
    lowered = scene("2026-09-11T10:00:00Z", concluded("high_risk", at), concluded("risk", at))
    assert deadlines(lowered)["gdpr-34"].state is State.NOT_STARTED


def test_four_hours_elapse_when_the_night_has_an_hour_twice() -> None:
    # Classified on Sunday 26 October 2025 at the first 02:30 (UTC+2): four hours later it is 05:30 (UTC+1).
    made = scene(
        "2025-10-26T03:00:00Z",
        anchored("ict_incident_known", "2025-10-26T00:10:00+02:00"),
        anchored("ict_incident_classified", "2025-10-26T02:30:00+02:00"),
        organisation="insurer",
    )
    found = deadlines(made)
    assert found["dora-initial-classified"].end == utc("2025-10-26T05:30:00+01:00")
    assert found["dora-initial-aware"].end == utc("2025-10-26T23:10:00+01:00")
    assert found["dora-final"].end == utc("2025-11-26T00:10:00+01:00")
    assert found["dora-final"].to_be_confirmed


def test_each_controller_has_its_own_72_hours_when_it_was_told_at_its_own_time() -> None:
    told = anchored("controller_aware", "2025-11-12T11:00:00+01:00", controller="practice-7")
    acts = (anchored("controller_aware", "2025-11-12T09:00:00+01:00"), told)
    common = {"organisation": "platform", "aware": "2025-11-10T22:00:00+01:00"}
    own = deadlines(scene("2025-11-13T00:00:00Z", *acts, **common, controller="practice-7"))
    other = deadlines(scene("2025-11-13T00:00:00Z", *acts, **common, controller="practice-8"))
    assert own["gdpr-33-initial"].end == utc("2025-11-15T10:00:00Z")
    assert other["gdpr-33-initial"].end == utc("2025-11-15T08:00:00Z")
    assert own["gdpr-33-initial"].binds is Holds.YES
    assert "processor-notice" not in own
    # What case.toml says is the platform's own awareness, and starts no controller's clock.
    nobody = deadlines(scene("2025-11-13T00:00:00Z", **common, controller="practice-8"))
    assert nobody["gdpr-33-initial"].state is State.NOT_STARTED
