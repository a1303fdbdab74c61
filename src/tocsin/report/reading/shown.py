# SPDX-License-Identifier: Apache-2.0
"""What a report tells of what was shown: events in scope, categories, controllers, the past rebuilt."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.report.reading.values import Count, Span


class Uncovered(msgspec.Struct, frozen=True):
    """Accesses in scope that no rule of the catalogue covers."""

    events: int = 0
    share: float = 0.0


class Scope(msgspec.Struct, frozen=True):
    """Where each event in scope went."""

    events: int = 0
    acts: int | None = None
    """Beyond the contract: what several logs, or several attempts, tell of is one act."""
    disclosed: int = 0
    nothing_shown: int = 0
    unresolved: int = 0
    set_aside: int | None = None
    uncovered: Uncovered = Uncovered()

    @property
    def adds_up(self) -> bool:
        """In scope = disclosed + nothing shown + unresolved."""
        return self.events == self.disclosed + self.nothing_shown + self.unresolved


class Unresolved(msgspec.Struct, frozen=True):
    """Beyond the contract: the unresolved events of one reason."""

    reason: str
    events: int = 0
    bound: int | None = None
    """Sum of their bounds; null when one of them has none."""


class CategoryCount(msgspec.Struct, frozen=True):
    """What was shown of one category."""

    persons: Count = Count()
    first_at: datetime | None = None
    last_at: datetime | None = None
    data_from: str | None = None
    data_until: str | None = None
    protection: list[str] = []


class Declared(msgspec.Struct, frozen=True):
    """The figure to declare."""

    value: int | None = None
    certainty: str = ""
    basis: str = ""


class Share(msgspec.Struct, frozen=True):
    """How much of a total was shown."""

    unit: str
    count: int = 0
    total: int = 0
    share: float | None = None


class Controller(msgspec.Struct, frozen=True):
    """One of them, and the distinct persons it must answer to."""

    id: str | None = None
    controller: str | None = None
    """The same as `id`."""
    name: str | None = None
    persons: int | Count | None = None


class Controllers(msgspec.Struct, frozen=True):
    """Those responsible for the data."""

    count: int = 0
    largest: list[str | Controller] = []


class Bucket(msgspec.Struct, frozen=True):
    """Beyond the contract: one hour or day of the timeline."""

    at: datetime
    events: int = 0
    persons: int = 0
    new_persons: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """Persons whose data were shown in encrypted form only."""

    persons: int = 0


class PastError(msgspec.Struct, frozen=True):
    """How wrong a rebuilt past is, where copies were held out: rows."""

    copies: int = 0
    compared: int = 0
    wrong: int = 0
    known: int = 0
    known_wrong: int = 0
    missing: int = 0
    extra: int = 0
    share: float = 0.0


class History(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a registry or table of records whose past was rebuilt."""

    of: str = ""
    persons: int = 0
    error: PastError | None = None
