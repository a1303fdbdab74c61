# SPDX-License-Identifier: Apache-2.0
"""Sources that say nothing while they should: told once, and once more when they speak again.

A source should speak in an hour of the week in which it spoke in each of the last known weeks; before
two weeks are known, at any hour. How long is too long stands in [watch] silent_minutes; 0 asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from tocsin.store.case import Case
from tocsin.store.query import load_query
from tocsin.watch.acts import PACKAGE

WEEKS: Final = 4
LEAST_WEEKS: Final = 2


class Spoke(NamedTuple):
    """A source that fell silent, or speaks again."""

    source: str
    last_at: float
    is_silent: bool


class Silence:
    """Who spoke last, and when."""

    def __init__(self, zone: str, minutes: float) -> None:
        self._zone = ZoneInfo(zone)
        self._limit = minutes * 60
        self._last: dict[str, float] = {}
        self._silent: set[str] = set()
        self._hours: dict[str, set[int]] = {}
        """Source: hours of the week (0 is Monday, midnight) in which it usually speaks; absent: any."""

    def learn(self, hours: Mapping[str, set[int]]) -> None:
        """What `usual_hours` found."""
        self._hours = dict(hours)

    def heard(self, source: str, at: float) -> None:
        """Its files grew at that instant."""
        self._last[source] = max(at, self._last.get(source, at))

    def changes(self, now: float) -> list[Spoke]:
        """What is to be told now."""
        if not self._limit:
            return []
        told = []
        for source, last in sorted(self._last.items()):
            is_late = now - last > self._limit and self._should_speak(source, now)
            if is_late and source not in self._silent:
                self._silent.add(source)
                told.append(Spoke(source, last, is_silent=True))
            elif now - last <= self._limit and source in self._silent:
                self._silent.discard(source)
                told.append(Spoke(source, last, is_silent=False))
        return told

    def _should_speak(self, source: str, now: float) -> bool:
        hours = self._hours.get(source)
        at = datetime.fromtimestamp(now, UTC).astimezone(self._zone)
        return hours is None or at.weekday() * 24 + at.hour in hours


def usual_hours(case: Case) -> dict[str, set[int]]:
    """Source: hours of the week in which it spoke each week; only of sources with weeks enough."""
    found: dict[str, set[int]] = {}
    with case.engine("events") as engine:
        rows = engine.rows(
            load_query(PACKAGE, "usual_hours"),
            zone=case.settings.case.zone,
            weeks=WEEKS,
            least_weeks=LEAST_WEEKS,
        )
    for source, hour in rows:
        found.setdefault(str(source), set()).update([] if hour is None else [int(str(hour))])
    return found
