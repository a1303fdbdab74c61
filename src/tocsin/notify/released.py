# SPDX-License-Identifier: Apache-2.0
"""What was released, as the journal has it: nothing is in the outbox that no entry here covers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec

from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

RELEASED: Final = "notify:wave:released"


class Release(msgspec.Struct, frozen=True):
    """One release, as the journal has it."""

    wave: int
    persons: int
    channels: dict[str, int]
    content: str
    at: datetime
    by: str
    contacts: list[str] = []
    """Telephone numbers, mailboxes and sites that the notices of this release name."""

    reasons: dict[str, int] = {}
    """Why its persons are in the wave: new, or what moved since their last notice."""


def releases(case: Case) -> list[Release]:
    """All, oldest first; a wave whose text was released again has several."""
    return [
        msgspec.convert({**entry.body, "at": entry.at, "by": entry.by}, Release)
        for entry in case.journal.entries()
        if entry.kind == RELEASED
    ]


def released_waves(case: Case) -> list[int]:
    """Numbers of the waves that were released."""
    return sorted({one.wave for one in releases(case)})


def find_latest(engine: Engine, waves: Collection[int]) -> None:
    """Make `latest` from `notices` and `persons`: the last notice released for each person."""
    engine.create("latest", load_query("tocsin.notify", "latest"), waves=sorted(waves))
