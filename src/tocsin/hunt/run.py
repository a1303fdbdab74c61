# SPDX-License-Identifier: Apache-2.0
"""Hunts: each indicator with what it was seen in, or with what its absence rests on. Never decides.

Reads events, accounts, files and judged. The journal keeps which files of indicators were looked for, by
digest, and how many were seen; no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tocsin.hunt.indicator_file import read_indicators
from tocsin.hunt.indicators import Indicator, IndicatorFile, Kind
from tocsin.hunt.looking import (
    Carried,
    Hits,
    busiest_actors,
    files_with,
    look_for,
    what_sources_carry,
)
from tocsin.hunt.tlp import strictest
from tocsin.store.case import Case

HUNTED = "hunt:indicators:looked_for"


class Status(StrEnum):
    """What can be said of an indicator."""

    SEEN = "seen"
    PARTLY_SEEN = "partly_seen"
    """Some of its observations, not all."""

    NOT_SEEN = "not_seen"
    CANNOT_BE_SEEN = "cannot_be_seen"
    """No source carries what it would show in."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One indicator, looked for."""

    indicator: Indicator
    status: Status
    hits: Hits | None
    accounts: tuple[tuple[str, int], ...]
    """The busiest, with their events."""

    addresses: tuple[tuple[str, int], ...]
    """As well."""

    rests_on: tuple[Carried, ...]
    """The sources that could have shown it, and when."""

    files: int
    """Files of the case with this digest: of its own evidence."""


@dataclass(frozen=True, slots=True)
class Hunt:
    """All that was found."""

    files: tuple[tuple[Path, IndicatorFile], ...]
    answers: tuple[Answer, ...]
    """In the order of the files."""

    tlp: str | None
    """The strictest marking: it binds the whole of the answer."""

    def of(self, status: Status) -> list[Answer]:
        """Those of one status."""
        return [answer for answer in self.answers if answer.status is status]

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look: at acts outside the scope, or at what was not understood."""
        seen = any(answer.hits is not None and answer.hits.outside_scope for answer in self.answers)
        return seen or any(read.unread for _path, read in self.files)


def hunt(case: Case, paths: Sequence[Path]) -> Hunt:
    """Look for the indicators of all files; raises InputError for a file that cannot be read."""
    files = [(path, read_indicators(path)) for path in paths]
    indicators = [one for _path, read in files for one in read.indicators]
    with case.engine("events", "accounts", "judged", "files") as engine:
        hits = look_for(engine, indicators)
        actors = busiest_actors(engine)
        carried = what_sources_carry(engine, {test.kind for one in indicators for test in one.tests})
        digests = files_with(engine, indicators)
    answers = [
        _answer(
            one,
            hits.get(number),
            {kind: actors.get((number, kind), []) for kind in ("account", "address")},
            carried,
            digests,
        )
        for number, one in enumerate(indicators)
    ]
    found = Hunt(tuple(files), tuple(answers), strictest(read.tlp for _path, read in files))
    _journal(case, found)
    return found


def _answer(
    one: Indicator,
    hits: Hits | None,
    actors: dict[str, list[tuple[str, int]]],
    carried: Sequence[Carried],
    digests: dict[str, int],
) -> Answer:
    rests_on = [row for row in carried if _could_show(one, row, carried)]
    files = sum(digests.get(test.value, 0) for test in one.tests if test.kind is Kind.SHA256)
    if hits is not None:
        status = Status.SEEN if hits.parts == len(one.parts) else Status.PARTLY_SEEN
    elif files:
        status = Status.SEEN
    else:
        status = Status.NOT_SEEN if rests_on else Status.CANNOT_BE_SEEN
    return Answer(
        one, status, hits, tuple(actors["account"]), tuple(actors["address"]), tuple(rests_on), files
    )


def _could_show(one: Indicator, row: Carried, carried: Sequence[Carried]) -> bool:
    """Whether the source carries all that some clause tests, within the indicator's bounds."""
    able = {each.kind for each in carried if each.source == row.source and _overlaps(one, each)}
    clauses = [clause for part in one.parts for clause in part]
    return row.kind in able and any(
        row.kind in {test.kind for test in clause} and {test.kind for test in clause} <= able
        for clause in clauses
    )


def _overlaps(one: Indicator, row: Carried) -> bool:
    if row.first_at is None or row.last_at is None:
        return False
    begins = one.until_at is None or row.first_at < one.until_at
    return begins and (one.from_at is None or row.last_at >= one.from_at)


def _journal(case: Case, found: Hunt) -> None:
    counts = {status.value: len(found.of(status)) for status in Status}
    case.journal.append(
        HUNTED,
        {
            "files": [
                {
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    "kind": read.kind,
                    "indicators": len(read.indicators),
                    "unread": len(read.unread),
                }
                for path, read in found.files
            ],
            **counts,
        },
        by=case.by,
    )
