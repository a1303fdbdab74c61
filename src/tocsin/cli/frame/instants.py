# SPDX-License-Identifier: Apache-2.0
"""An instant as people type it on the command line: ISO 8601 with its zone, or a message that says so."""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible


def read_instant(text: str) -> datetime:
    """In UTC. Raises InputError for what is not an instant, carries no zone, or lies out of range."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            _("'{text}' is not an instant."),
            do=_("Write it as 2020-07-21T09:00:00+02:00."),
            code="bad_instant",
            text=visible(text),
        ) from None
    raise InputError(
        _("The instant {instant} has no zone."),
        do=_("Write it as 2020-07-21T09:00:00+02:00."),
        code="no_zone",
        instant=visible(text),
    )


def now_or(text: str | None) -> datetime:
    """The instant given, else the machine's clock."""
    return datetime.now(UTC) if text is None else read_instant(text)


def maybe_instant(text: str | None) -> datetime | None:
    """The instant given, if there is one."""
    return None if text is None else read_instant(text)
