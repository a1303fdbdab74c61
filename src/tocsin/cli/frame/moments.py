# SPDX-License-Identifier: Apache-2.0
"""An hour as people say it in the night: `03:12` is the last time that the case's clock showed it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.cli.frame.instants import now_or, read_instant
from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.store.case import Case

_CLOCK = re.compile(r"^\s*([01]?\d|2[0-3])\s?[:hH]\s?([0-5]\d)\s*$")


def read_moment(text: str | None, *, zone: str, now: datetime) -> datetime:
    """Now when nothing is given; a clock time; or an instant with its zone, which is not after `now`.

    Raises InputError for what is none of them, and for what has not happened yet.
    """
    if text is None:
        return now
    found = _CLOCK.match(text)
    at = read_instant(text) if found is None else _last(int(found[1]), int(found[2]), zone, now)
    if at > now + timedelta(minutes=5):
        raise InputError(
            _("This hour is still to come."), do=_("Check the date and the zone of --at."), code="future"
        )
    return at


def moment_of(case: Case, at: str | None, now: str | None) -> datetime:
    """What `--at` says, by the clock of the case, where `--now` may stand for the machine's."""
    return read_moment(at, zone=case.settings.case.zone, now=now_or(now))


def _last(hour: int, minute: int, zone: str, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if at > local + timedelta(minutes=5):
        at = (local - timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at.astimezone(now.tzinfo)
