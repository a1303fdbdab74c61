# SPDX-License-Identifier: Apache-2.0
"""Spans of time asked for one after the other, each whole: for places that cannot be paged with certainty.

A span is a page: what is cut in the middle is not taken, and asked for again. A span whose answer is too
large is halved; the next ones begin as small. What is younger than `settle` is left for the next run, for
places index late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.collect.answers import read_position, written_position
from tocsin.collect.asked import misfit
from tocsin.collect.http import AnswerTooLargeError
from tocsin.collect.interface import Page
from tocsin.core.errors import Sentence, SettingsError
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

SHORTEST = timedelta(milliseconds=1)
LONGEST_SPAN = 86_400 * 31


@dataclass(frozen=True, slots=True)
class Window:
    """[from, until), in whole milliseconds UTC."""

    since: datetime
    until: datetime

    @property
    def middle(self) -> datetime:
        """Where it is halved."""
        return whole_milliseconds(self.since + (self.until - self.since) / 2)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a window's answer holds."""

    records: bytes
    count: int
    notes: tuple[tuple[str, Sentence], ...] = ()


class WindowPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where windows were taken."""

    until: datetime


def now() -> datetime:
    """The clock, of this machine."""
    return datetime.now(UTC)


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant without its microseconds below a millisecond."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def check_period(source: SourceSettings) -> None:
    """Raise SettingsError when the source does not say from when on to ask."""
    if source.period is None or source.period.from_ is None:
        raise SettingsError(
            _("The source '{name}' does not say from when on to collect."),
            do=_("Write period = {{ from = …, until = … }} for it."),
            code="no_period",
            name=source.name,
        )


def check_window(source: SourceSettings, window: int, settle: int) -> None:
    """Raise SettingsError for seconds that cannot be."""
    if not 1 <= window <= LONGEST_SPAN:
        raise misfit(source, "window", _("Write seconds, from 1 to 2678400."))
    check_settle(source, settle)


def check_settle(source: SourceSettings, settle: int) -> None:
    """Raise SettingsError for seconds that cannot be."""
    if not 0 <= settle <= LONGEST_SPAN:
        raise misfit(source, "settle", _("Write seconds, from 0 to 2678400."))


def last_instant(source: SourceSettings, settle: int) -> datetime:
    """Where collecting ends for now: the period's end, or `settle` seconds ago."""
    settled = whole_milliseconds(now() - timedelta(seconds=settle))
    end = source.period.until if source.period is not None else None
    return settled if end is None else min(whole_milliseconds(end), settled)


def windows(
    source: SourceSettings,
    position: str | None,
    *,
    seconds: int,
    settle: int,
    take: Callable[[Window], Taken],
) -> Iterator[Page]:
    """Pages, a window each, from the position to the last instant; `take` asks for one window.

    Raises InputError (`answer_too_large`) when a millisecond alone is too much, and what `take` raises.
    """
    before = read_position(position, WindowPosition, source.name)
    first = source.period.from_ if source.period is not None else None
    at = before.until if before is not None else whole_milliseconds(first or datetime.min.replace(tzinfo=UTC))
    end = last_instant(source, settle)
    longest = span = timedelta(seconds=seconds)
    while at < end:
        window = Window(at, min(end, at + span))
        try:
            taken = take(window)
        except AnswerTooLargeError:
            if window.until - window.since <= SHORTEST:
                raise
            span = max(SHORTEST, window.middle - window.since)
            continue
        at = window.until
        span = min(longest, span * 2)
        yield Page(taken.records, written_position(WindowPosition(until=at)), taken.count, notes=taken.notes)


def total_differs(told: int, came: int) -> tuple[str, Sentence]:
    """The note that a place counts otherwise than what it gave."""
    text = _("The place counts {told}, and gave {came}: records may be missing.")
    return "total_differs", Sentence(text, {"told": told, "came": came})
