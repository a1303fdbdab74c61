# SPDX-License-Identifier: Apache-2.0
"""The calendar, read back by a parser of its own (RFC 5545), without any line of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.declare.timelines import anchored, capacity, met, scene, withdrawn
from tocsin.core.words import words
from tocsin.declare.clocks.deadlines import Scene, all_deadlines
from tocsin.declare.clocks.ics import calendar_of, escape, fold_line

NOW = "2026-11-04T12:00:00Z"
AWARE = "2026-11-03T09:30:00+01:00"


@dataclass
class Component:
    """BEGIN to END."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    inner: list[Component] = field(default_factory=list)


def parse(text: str) -> Component:
    """RFC 5545 sections 3.1, 3.3.11 and 3.4, no more."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    stack = [Component("")]
    for line in re.sub(r"\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n"):
        name, value = line.split(":", 1)
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            done = stack.pop()
            assert done.name == value
            stack[-1].inner.append(done)
        else:
            assert name not in stack[-1].values
            assert re.fullmatch(r"[A-Z-]+", name)
            stack[-1].values[name] = value
    (calendar,) = stack[0].inner
    return calendar


def plain(value: str) -> str:
    """A TEXT value as it was."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def calendar(made: Scene, case: str = "R5", lang: str = "fr") -> Component:
    return parse(calendar_of(words(lang), case, all_deadlines(made), made.acts))


def event(found: Component, part: str) -> Component:
    return next(one for one in found.inner if part in plain(one.values["SUMMARY"]))


def test_a_deadline_is_an_event_in_utc_with_its_alarms() -> None:
    found = calendar(scene(NOW, aware=AWARE))
    assert found.name == "VCALENDAR"
    assert found.values["VERSION"] == "2.0"
    cnil = event(found, "notification initiale")
    assert cnil.values["DTSTART"] == "20261106T083000Z"
    assert cnil.values["DTSTAMP"] == "20261104T120000Z"
    triggers = [alarm.values["TRIGGER"] for alarm in cnil.inner]
    assert triggers == ["-PT36H", "-PT24H", "-PT6H", "-PT1H"]
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", one.values["DTSTART"]) for one in found.inner)


def test_what_is_to_be_confirmed_says_so_in_the_calendar() -> None:
    found = calendar(scene(NOW, aware=AWARE))
    assert "(à confirmer)" in plain(event(found, "Alerte précoce").values["SUMMARY"])


def test_an_event_keeps_its_uid_and_grows_its_sequence_when_its_start_moves() -> None:
    first = event(calendar(scene(NOW, aware=AWARE)), "initiale")
    moved = scene(NOW, anchored("controller_aware", "2026-11-03T08:00:00Z"), aware=AWARE)
    second = event(calendar(moved), "initiale")
    assert first.values["UID"] == second.values["UID"]
    assert first.values["DTSTART"] != second.values["DTSTART"]
    assert int(second.values["SEQUENCE"]) > int(first.values["SEQUENCE"])


def test_uids_differ_between_clocks_cases_and_controllers() -> None:
    own = scene(NOW, anchored("controller_aware", "2026-11-03T08:00:00Z"), controller="p-7")
    uids = [
        one.values["UID"]
        for found in (
            calendar(scene(NOW, aware=AWARE)),
            calendar(scene(NOW, aware=AWARE), "R6"),
            calendar(own),
        )
        for one in found.inner
    ]
    assert len(uids) == len(set(uids)) > 5


def test_what_was_taken_back_is_cancelled() -> None:
    no_entity = calendar(scene(NOW, capacity("nis2_entity", "no"), aware=AWARE))
    assert event(no_entity, "Alerte").values["STATUS"] == "CANCELLED"
    no_start = calendar(
        scene(NOW, anchored("controller_aware", NOW), withdrawn("anchor", "controller_aware"))
    )
    assert event(no_start, "initiale").values["STATUS"] == "CANCELLED"


def test_what_was_done_rings_no_more() -> None:
    made = scene(NOW, met("gdpr-33-initial", "2026-11-04T09:00:00Z"), aware=AWARE)
    assert event(calendar(made), "initiale").inner == []


def test_a_hostile_case_name_stays_a_text() -> None:
    name = 'x;y,z\\\r\nBEGIN:VALARM "\u202e'
    found = calendar(scene(NOW, aware=AWARE), name)
    assert "BEGIN:VALARM" in plain(event(found, "initiale").values["SUMMARY"])
    assert all(one.name == "VEVENT" for one in found.inner)


@given(st.text(st.characters(exclude_categories=["C"])))
def test_text_comes_back_as_it_was(text: str) -> None:
    assert plain(escape(text)) == "\n".join(text.splitlines())


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_a_folded_line_comes_back_whole(line: str) -> None:
    parts = list(fold_line(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert re.sub(r"\r\n ", "", "\r\n".join(parts)) == line


@given(st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 3), timezones=st.just(UTC)))  # noqa: DTZ001
def test_alarms_ring_at_the_instants_that_the_deadline_gives(at: datetime) -> None:
    made = scene(NOW, anchored("controller_aware", at.isoformat()))
    deadline = next(one for one in all_deadlines(made) if one.clock.id == "gdpr-33-initial")
    found = event(calendar(made), "initiale")
    start = datetime.strptime(found.values["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    for alarm, given_alarm in zip(found.inner, deadline.alarms, strict=True):
        parts = re.fullmatch(r"-PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", alarm.values["TRIGGER"])
        assert parts is not None
        hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        rings = start - timedelta(hours=hours, minutes=minutes, seconds=seconds)
        assert abs(rings - given_alarm.at) <= timedelta(seconds=1)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_description_carries_what_to_do_and_the_source(lang: str) -> None:
    text = plain(event(calendar(scene(NOW, aware=AWARE), lang=lang), "CNIL").values["DESCRIPTION"])
    assert "2016/679" in text
    assert "72" in text
