# SPDX-License-Identifier: Apache-2.0
"""Laws of the calendar: what is left and what elapsed make the length, whatever the zone and the season."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.declare.timelines import PARIS, anchored, deadlines, scene, utc
from tocsin.declare.clocks.spans import count_working_days, easter_of, end_of, holidays_of, is_working_day

INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([PARIS, "Indian/Reunion", "America/Cayenne", "Pacific/Noumea", "UTC"])


@dataclass(frozen=True)
class Length:
    """A term with one part set."""

    hours: int | None = None
    days: int | None = None
    working_days: int | None = None
    months: int | None = None


@given(INSTANTS, ZONES, st.integers(1, 5000))
def test_hours_are_as_long_as_they_say_in_every_season(start: datetime, zone: str, hours: int) -> None:
    end = end_of(start, Length(hours=hours), zone)
    assert end is not None
    assert end - start == timedelta(hours=hours)


@given(INSTANTS, INSTANTS, ZONES)
def test_what_is_left_and_what_elapsed_make_the_length(start: datetime, now: datetime, zone: str) -> None:
    acts = [
        anchored(which, start.isoformat())
        for which in ("controller_aware", "significant_incident_known", "ict_incident_classified")
    ]
    found = deadlines(scene(now.isoformat(), *acts, organisation=None, zone=zone))
    timed = [one for one in found.values() if one.end is not None]
    assert timed or start < utc("2018-05-25T12:00:00Z")
    for one in timed:
        assert one.left is not None
        assert one.elapsed is not None
        assert one.left + one.elapsed == one.length
        assert all(alarm.due == (now >= alarm.at) for alarm in one.alarms)
        assert [alarm.at for alarm in one.alarms] == sorted(alarm.at for alarm in one.alarms)


@given(INSTANTS, ZONES, st.integers(1, 24))
def test_a_month_ends_on_the_same_day_or_on_the_last_one(start: datetime, zone: str, months: int) -> None:
    end = end_of(start, Length(months=months), zone)
    assert end is not None
    here, there = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    assert (there.year * 12 + there.month) - (here.year * 12 + here.month) == months
    last_day = (there + timedelta(days=1)).day == 1
    assert there.day == here.day or (last_day and there.day < here.day)


@given(INSTANTS, st.integers(1, 40))
def test_working_days_are_as_many_as_were_asked_for(start: datetime, number: int) -> None:
    end = end_of(start, Length(working_days=number), PARIS)
    assert end is not None
    assert is_working_day(end.astimezone(ZoneInfo(PARIS)).date())
    assert count_working_days(start, end, PARIS) in (number - 1, number)


def test_an_hour_that_does_not_exist_is_read_the_earlier_way() -> None:
    # 28 March 2027, 02:30 does not exist in Paris.
    end = end_of(utc("2027-02-28T02:30:00+01:00"), Length(months=1), PARIS)
    assert end == utc("2027-03-28T00:30:00Z")


def test_an_hour_that_is_there_twice_is_read_the_earlier_way() -> None:
    # 25 October 2026, 02:30 is there twice in Paris.
    end = end_of(utc("2026-09-25T02:30:00+02:00"), Length(months=1), PARIS)
    assert end == utc("2026-10-25T00:30:00Z")


def test_days_end_at_the_same_local_hour_when_summer_time_begins() -> None:
    end = end_of(utc("2027-03-27T12:00:00+01:00"), Length(days=2), PARIS)
    assert end == utc("2027-03-29T12:00:00+02:00")


@pytest.mark.parametrize(
    "day", ["2000-04-23", "2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25"]
)
def test_easter_falls_where_the_calendars_have_it(day: str) -> None:
    assert easter_of(date.fromisoformat(day).year) == date.fromisoformat(day)


def test_holidays_of_2026_are_the_eleven_of_the_code() -> None:
    days = ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25"]
    days += ["07-14", "08-15", "11-01", "11-11", "12-25"]
    assert holidays_of(2026) == {date.fromisoformat(f"2026-{day}") for day in days}
