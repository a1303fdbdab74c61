# SPDX-License-Identifier: Apache-2.0
"""What every variant of the attack shares: whom it may choose, what it disclosed, who is one person.

Only appointments of connected third-party software can be disclosed; the draw is made again, under
another stream, until nobody in it could be taken for another for want of a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.parquet import in_order
from tocsin.replays.r5.acts import Acts
from tocsin.replays.r5.appointments import PARTNER_SOFTWARE
from tocsin.replays.r5.scene import Scene


@dataclass(frozen=True, slots=True)
class Selector:
    """What people already know: the [[known]] of case.toml."""

    client: str
    address: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack's acts, and the truth about them."""

    acts: Acts
    """In order of time; each has its place in the gateway's log."""

    at: Ints
    """Instant of each disclosure in clear, in order."""

    rank: Ints
    """Its appointment."""

    unreadable: Ints
    """Appointments shown encrypted only; ranks, each once."""

    account: str
    opened_at: int | None
    """When the account was opened, where it was opened for the purpose."""

    known: Selector | None

    nothing_shown: int
    """Acts in scope that showed nothing."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The month's appointments of connected software."""

    rank: Ints
    person: Ints
    """Row of the patient."""


def find_targets(scene: Scene) -> Targets:
    """List the month's appointments booked in connected software, by rank."""
    first, until = scene.appointments.month

    def partner(part: Ints) -> Ints:
        rank = part + first
        chosen: Ints = rank[scene.appointments.origin(rank) == PARTNER_SOFTWARE]
        return chosen

    rank = np.concatenate(list(in_order(partner, until - first)))
    return Targets(rank, scene.appointments.person(rank))


def pairs_of_rows(scene: Scene, targets: Targets) -> Ints:
    """Give ranks, two by two, of persons whose two local ids both have an appointment there."""
    rows, where = np.unique(targets.person, return_index=True)
    again = scene.households.same_as(rows) != rows
    return _two_by_two(targets, rows, where, rows[again], scene.households.same_as(rows[again]))


def pairs_of_kin(scene: Scene, targets: Targets) -> Ints:
    """Give ranks, two by two, of two persons under one number: a parent and a child, or twins."""
    rows, where = np.unique(targets.person, return_index=True)
    children = rows[(rows & 7 == 2) | (rows & 7 == 1)]
    children = children[scene.households.holder(children) >= 0]
    parents = _two_by_two(targets, rows, where, children, children & ~np.int64(7))
    second = children[children & 7 == 2]
    return np.concatenate([parents, _two_by_two(targets, rows, where, second, second - 1)])


def pairs_of_visits(targets: Targets) -> Ints:
    """Give ranks, two by two, of persons with several appointments there."""
    order = np.argsort(targets.person, kind="stable")
    person = targets.person[order]
    twice = np.flatnonzero((person[1:] == person[:-1]) & (np.diff(person, prepend=-1)[:-1] != 0))
    pairs: Ints = targets.rank[order[np.stack([twice, twice + 1], axis=1)]].ravel()
    return pairs


def could_be_confused(scene: Scene, person: Ints) -> bool:
    """Tell whether somebody without any number shares a birth date and a name with somebody else."""
    rows = np.unique(person)
    known = scene.households.identity(rows)
    nameless = (known.nss == 0) & (known.ins == 0)
    date = known.birth.date()
    who = scene.households.same_as(rows)
    for at in np.flatnonzero(nameless).tolist():
        alike = (date == date[at]) & ((known.family == known.family[at]) | (known.given == known.given[at]))
        if np.any(alike & (who != who[at])):
            return True
    return False


def first_of_each(ranks: Ints) -> Flags:
    """Mark the first time that each value comes."""
    first = np.zeros(len(ranks), dtype=bool)
    first[np.unique(ranks, return_index=True)[1]] = True
    return first


def _two_by_two(targets: Targets, rows: Ints, where: Ints, left: Ints, right: Ints) -> Ints:
    """Give the ranks of those pairs of which both are among the rows."""
    at = np.minimum(np.searchsorted(rows, right), len(rows) - 1)
    both = rows[at] == right
    of_left = targets.rank[where[np.searchsorted(rows, left[both])]]
    pairs: Ints = np.stack([of_left, targets.rank[where[at[both]]]], axis=1).ravel()
    return pairs
