# SPDX-License-Identifier: Apache-2.0
"""The outbox: one row per person, wave and channel, in one SQLite file of the case, synced at each commit.

The unique key is "never twice"; rows that were being sent when a process died are "never missed": their lease
runs out, the channel is asked what became of them, and what nobody can tell is `uncertain`. It holds numbers
and states: no name, no mailbox, no code. Whoever comes back after its lease finds its fence gone and changes
nothing.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.notify.outbox.leaving import Leaving
from tocsin.notify.outbox.returned import Returned
from tocsin.notify.outbox.rows import RETRY_S, UNDER_WAY, Claimed, Limits, Room, Settled, State
from tocsin.notify.outbox.standing import Standing

__all__ = ["RETRY_S", "UNDER_WAY", "Claimed", "Limits", "Outbox", "Room", "Settled", "State"]


class Outbox(Leaving, Returned, Standing):
    """One open outbox; several processes may work on it at a time."""

    @classmethod
    def open(cls, folder: Path) -> Outbox:
        """That of a case, made on first use, readable by its owner alone."""
        place = folder / "notices"
        place.mkdir(exist_ok=True)
        path = place / "outbox.sqlite"
        path.touch(mode=0o600)
        return cls(str(path))

    def copied(self) -> Outbox:
        """A copy in memory, to rehearse on."""
        copy = Outbox(":memory:")
        self.connection.backup(copy.connection)
        return copy
