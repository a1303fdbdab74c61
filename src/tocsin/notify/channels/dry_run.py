# SPDX-License-Identifier: Apache-2.0
"""Takes everything and sends nothing: the rehearsal of a wave, on a copy of the outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tocsin.notify.channels.message import build_message
from tocsin.notify.interface import Channel, Fate, Handed, Kind, Notice


class DryRun(Channel):
    """Writes each notice whole, as it would leave, and forgets it."""

    name = "dry_run"
    kind: Kind = "email"

    def __init__(self, kind: Kind = "email", sender: str = "nobody@tocsin.invalid") -> None:
        self.kind = kind
        self._sender = sender
        self.largest = 0
        """Bytes of the largest message."""

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """Accept all."""
        for notice in notices:
            if self.kind == "email":
                self.largest = max(self.largest, len(build_message(notice, self._sender, "")))
            yield Handed(notice.message_id, Fate.ACCEPTED)

    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        """Nothing was ever taken."""
        return dict.fromkeys(message_ids, Fate.ABSENT)
