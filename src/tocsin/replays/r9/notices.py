# SPDX-License-Identifier: Apache-2.0
"""The last act of R9: the notices are released, written whole and handed to nobody; the balance must close.

The rehearsal works on a copy of the outbox. What the wave holds stays in the case, so that it can be sent to
a relay of one's own afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from tocsin.core.progress import Progress
from tocsin.notify.after import balance
from tocsin.notify.channels.dry_run import DryRun
from tocsin.notify.interface import Fate, Handed, Kind, Notice
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import releases
from tocsin.notify.run import run
from tocsin.notify.sending import Sender
from tocsin.notify.waves import fill_outbox, release
from tocsin.replays.r9.told import REPRESENTED
from tocsin.store.case import Case

KINDS: tuple[Kind, ...] = ("email", "post")


class Arriving(DryRun):
    """A rehearsal in which every notice arrives."""

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """Write each whole; all are delivered."""
        for handed in super().hand_over(notices):
            yield Handed(handed.message_id, Fate.DELIVERED)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the wave holds and where it ends."""

    ways: dict[str, dict[str, int]]
    boxes: dict[str, int]
    to_inform: int
    is_closed: bool

    def told(self) -> dict[str, object]:
        """As figures beside those of report.json."""
        return {
            "notices": {
                "to_inform": self.to_inform,
                "ways": self.ways,
                "through": sum(
                    many
                    for by_reason in self.ways.values()
                    for reason, many in by_reason.items()
                    if reason in REPRESENTED
                ),
                "reasons": {channel: len(found) for channel, found in self.ways.items()},
                "balance": {**self.boxes, "is": "closed" if self.is_closed else "open"},
            }
        }


def rehearse_notices(case: Case, progress: Progress) -> Rehearsal:
    """Release the wave, unless it was, and rehearse it to its end."""
    found = run(case)
    if not releases(case):
        release(case, why="Demonstration: read and approved", named=case.by)
    last = releases(case)[-1]
    with closing(Outbox.open(case.folder)) as held:
        fill_outbox(case, held)
        with closing(held.copied()) as copy:
            for kind in KINDS:
                Sender(case, copy, Arriving(kind), last).send(progress)
            copy.publish([last.wave])
            end = balance(case, copy)
    ways: dict[str, dict[str, int]] = {"email": {}, "post": {}, "none": {}, "suppressed": {}}
    for way in found.ways:
        reason = f"{way.reason}_{way.rule}" if way.rule else way.reason
        reason = f"account_{reason}" if way.kind == "account" else reason
        ways[way.channel][reason] = ways[way.channel].get(reason, 0) + way.persons
    boxes = {
        name: getattr(end, name)
        for name in ("delivered", "failed", "public", "suppressed", "no_route", "not_released")
    }
    return Rehearsal(ways, boxes, end.to_inform, end.is_closed)
