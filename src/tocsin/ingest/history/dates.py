# SPDX-License-Identifier: Apache-2.0
"""When a copy was made: as the settings say, else by the only date in its name. Never a file's own times."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tocsin.core.errors import InputError
from tocsin.core.settings.inputs import HistorySettings
from tocsin.core.words import _
from tocsin.ingest.read.inputs import Input

_DATE = r"(?:19|20)\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
_NAMED = re.compile(rf"(?<!\d)({_DATE}(?:[T_-]?(?:[01]\d|2[0-3])[:-]?[0-5]\d(?:[:-]?[0-5]\d)?Z?)?)(?!\d)")


def copied_at(stream: Input, history: HistorySettings, zone: str) -> datetime:
    """The instant of a copy; a bare date is its midnight in `zone`. Raises InputError without a date."""
    if history.at is not None:
        return history.at if history.at.tzinfo else history.at.replace(tzinfo=ZoneInfo(zone))
    pattern = re.compile(history.dated) if history.dated else _NAMED
    text = stream.label if history.dated else stream.label.rpartition("/")[2]
    found = {match[1] for match in pattern.finditer(text)}
    if len(found) == 1 and (instant := _instant(found.pop() or "", zone)) is not None:
        return instant
    raise InputError(
        _("It is not said when this copy was made."),
        do=_("Write the date in its name, or `dated`, `at` or columns.copied_at in its [[history]]."),
        where=stream.label,
        code="no_date",
    )


def _instant(text: str, zone: str) -> datetime | None:
    digits = re.sub(r"\D", "", text)
    try:
        day = date.fromisoformat(digits[:8])
        clock = time.fromisoformat(digits[8:].ljust(4, "0")) if len(digits) > 8 else time()
    except ValueError:
        return None
    return datetime.combine(day, clock, UTC if text.endswith("Z") else ZoneInfo(zone))
