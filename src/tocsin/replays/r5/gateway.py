# SPDX-License-Identifier: Apache-2.0
"""Writes the gateway's log: a file a day, lines of JSON in order of time, from six nodes that count them.

Also what real logs hold besides: heartbeats, blank lines, records shipped twice, lines cut by a full
disk and written again whole, and one hole in a node's count, long before the attack.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.r5.actors import NO_ONE
from tocsin.replays.r5.acts import GET, OK, PUT, TIMEOUT, Acts, retried
from tocsin.replays.r5.attack import Attack
from tocsin.replays.r5.clock import HOUR, LOG_DAYS, iso
from tocsin.replays.r5.days import Day
from tocsin.replays.r5.lines import AT_ONCE, NODES, Extra, Lines, heartbeat, write_lines
from tocsin.replays.r5.patients_day import new_accounts, searches, visits
from tocsin.replays.r5.practices_day import at_practice, bookings, shifts, work
from tocsin.replays.r5.scene import Scene

_HOLE_DAY, _HOLE_NODE, _HOLE = 8, 1, 37
_WORKERS = 2


@dataclass
class Accounting:
    """What the product must count in the log of one source."""

    files: int = 0
    events: int = 0
    set_aside: int = 0
    reasons: dict[str, int] = field(
        default_factory=lambda: {"blank": 0, "duplicate_record": 0, "skip_rule": 0}
    )
    first_at: int = 0
    last_at: int = 0
    gaps: list[dict[str, object]] = field(default_factory=list)

    @property
    def non_events(self) -> int:
        """Records that are no events."""
        return sum(self.reasons.values())


def write_logs(folder: Path, scene: Scene, attack: Attack) -> Accounting:
    """Write all days; each is drawn while those before are being compressed."""
    folder.mkdir(parents=True)
    told, counts = Accounting(files=LOG_DAYS), np.ones(len(NODES), dtype=np.int64)
    with ThreadPoolExecutor(_WORKERS) as pool:
        writing: deque[Future[None]] = deque()
        for number in range(LOG_DAYS):
            if len(writing) == _WORKERS:
                writing.popleft().result()
            day = Day(scene, number)
            lines = _number_lines(_acts_of(day, attack), day, counts, told)
            extras = _extras(day, lines, told)
            path = folder / f"gateway-{iso(day.since)[:10].replace('-', '')}.ndjson.gz"
            writing.append(pool.submit(_write_day, path, scene, lines, extras))
        while writing:
            writing.popleft().result()
    return told


def _write_day(path: Path, scene: Scene, lines: Lines, extras: list[Extra]) -> None:
    with path.open("wb") as file:
        write_lines(file, lines, extras, scene.households, scene.size.software)


def _acts_of(day: Day, attack: Attack) -> Acts:
    size, chance = day.scene.size, day.scene.chance
    came, at, rank = visits(day, day.part_of(size.visits))
    called = at_practice(day, "call", at, rank, chance.fraction("called", day.indices(len(at))) * 0.5)
    usual = [came, called, work(day, day.part_of(size.practice_work)), shifts(day), bookings(day)]
    usual += [searches(day, day.part_of(size.searches)), new_accounts(day)]
    acts = np.concatenate(usual)
    here = (attack.acts["at"] >= day.since) & (attack.acts["at"] < day.until)
    every = np.concatenate([acts, *_retries(day, acts), attack.acts[here]])
    return every[np.argsort(every["at"], kind="stable")]


def _retries(day: Day, acts: Acts) -> list[Acts]:
    """Some requests are sent again under their id: their reply came too late, or was lost on the way."""
    draw = day.scene.chance.fraction("retried", acts["request"].astype(np.int64) >> 1)
    could = (acts["reply"] == OK) & np.isin(acts["operation"], (GET, PUT)) & (acts["at"] < day.until - 5_000)
    late, lost = could & (draw < 0.0003), could & (draw >= 0.0003) & (draw < 0.0006)
    return [retried(day.scene.chance, acts, late, TIMEOUT), retried(day.scene.chance, acts, lost, OK)]


def _number_lines(acts: Acts, day: Day, counts: Ints, told: Accounting) -> Lines:
    """Give each act a node and the node's next number; `counts` goes on from day to day."""
    arrival: Ints = np.bitwise_xor(acts["at"], (acts["request"] >> np.uint64(12)).astype(np.int64))
    node = day.scene.chance.below("node", arrival, len(NODES))
    sequence = np.empty(len(acts), dtype=np.int64)
    for which in range(len(NODES)):
        mine = np.flatnonzero(node == which)
        sequence[mine] = counts[which] + np.arange(len(mine))
        if day.number == _HOLE_DAY and which == _HOLE_NODE:
            after = int(np.searchsorted(acts["at"][mine], day.since + 9 * HOUR))
            sequence[mine[after:]] += _HOLE
            counts[which] += _HOLE
            told.gaps.append(_gap(acts["at"][mine[after - 1]], acts["at"][mine[after]]))
        counts[which] += len(mine)
    told.events += len(acts)
    told.first_at = told.first_at or int(acts["at"][0])
    told.last_at = int(acts["at"][-1])
    return Lines(acts, node, sequence)


def _gap(since: int, until: int) -> dict[str, object]:
    return {"node": NODES[_HOLE_NODE], "from": iso(since), "until": iso(until), "missing": _HOLE}


def _extras(day: Day, lines: Lines, told: Accounting) -> list[Extra]:
    """Give the day's other lines, in order of place, and count them."""
    beats = [
        (day.since + hour * HOUR + node * 7_000 + 500, node)
        for hour in range(24)
        for node in range(len(NODES))
    ]
    places = np.searchsorted(lines.acts["at"], [at for at, _ in beats]).tolist()
    last = len(lines.acts) - 1
    signs = [
        Extra(min(place, last), heartbeat(at, node)) for place, (at, node) in zip(places, beats, strict=True)
    ]
    blanks = [Extra(place, b"\n") for place in _places(day, "blank", 2, last)]
    again = [
        Extra(place + 3, copies=place) for place in _places(day, "again", 2 * (day.number % 4 == 2), last)
    ]
    cut = [Extra(_somebody(lines, place), cuts=True) for place in _places(day, "cut", _cuts(day), last)]
    told.reasons["skip_rule"] += len(signs)
    told.reasons["blank"] += len(blanks)
    told.reasons["duplicate_record"] += len(again)
    told.set_aside += len(cut)
    return sorted([*signs, *blanks, *again, *cut], key=lambda extra: extra.before)


def _places(day: Day, name: str, count: int, last: int) -> list[int]:
    """Draw places of lines, away from the ends of a lot and of the day."""
    drawn = day.scene.chance.below(f"place {name}", day.indices(count), max(last - 20, 1))
    return [place - 8 if place % AT_ONCE > AT_ONCE - 8 else place for place in drawn.tolist()]


def _somebody(lines: Lines, place: int) -> int:
    """Give the nearest act from `place` on whose line says who acted."""
    return place + int(np.argmax(lines.acts["kind"][place:] != NO_ONE))


def _cuts(day: Day) -> int:
    """Lines are cut on some days, all at least four before the attack."""
    return sum(3 + at * 2 % 24 == day.number for at in range(day.scene.size.cut_lines))
