# SPDX-License-Identifier: Apache-2.0
"""Registries whose true past is known, and what is left of it: ADT messages, dated copies, audit rows.

A world is a list of events per person; its state at any instant is read from them in plain Python.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.unit.ingest.hl7_writing import message, segment
from tests.unit.ingest.scenes import Scene

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 100
EVERY = 10
"""Days between two copies; nobody changes twice between them."""
END = START + timedelta(days=DAYS)
NAMES = ("DURAND", "LE GOFF", "MARTIN", "D'ARC", "NGUYEN", "O'BRIEN|SMITH")
REGIONS = ("NORD", "SUD", "EST")
State = Mapping[str, str]

SETTINGS = """
[[registries]]
name = "patients"
paths = ["patients.csv"]
domain = "CHU"
as_of = 2025-04-11T00:00:00Z
[registries.columns]
person = "ipp"
family_name = "nom"
phone = "tel"
"""
ADT = """
[[history]]
name = "adt"
of = "patients"
paths = ["adt/*"]
period = { from = 2025-01-01T00:00:00Z, until = 2025-04-11T00:00:00Z }
"""
COPIES = """
[[history]]
name = "nightly"
of = "patients"
paths = ["copies/*"]
"""
AUDIT = """
[[history]]
name = "audit"
of = "patients"
paths = ["audit.csv"]
period = { from = 2025-01-01T00:00:00Z, until = 2025-04-11T00:00:00Z }
[history.columns]
key = "row"
column = "field"
old = "before"
new = "after"
at = "changed"
action = "op"
"""


def day(number: float) -> datetime:
    """An instant so many days after the beginning."""
    return START + timedelta(days=number)


@dataclass
class World:
    """What truly was: per person, since when which state; None: not there."""

    past: dict[str, list[tuple[datetime, State | None]]] = field(default_factory=dict)
    messages: list[tuple[datetime, str]] = field(default_factory=list)
    audit: list[tuple[str, str, str, str, datetime, str]] = field(default_factory=list)

    def at(self, instant: datetime) -> dict[str, State]:
        """Who truly stood there, and how."""
        found = {}
        for person, told in self.past.items():
            state = next((state for since, state in reversed(told) if since <= instant), None)
            if state is not None:
                found[person] = state
        return found

    def be(self, person: str, since: datetime, **state: str) -> None:
        """Somebody who was there before all messages."""
        self.past.setdefault(person, []).append((since, state))

    def add(self, person: str, at: datetime, **state: str) -> None:
        """Somebody is new (A28)."""
        self.past.setdefault(person, []).append((at, state))
        self._tell(at, "A28", person, state)
        self.audit.append((person, "", "", "", at, "insert"))
        for name, value in state.items():
            self.audit.append((person, name, "", value, at, "update"))

    def change(self, person: str, at: datetime, trigger: str = "A31", **changed: str) -> None:
        """Somebody changes (A31, A08)."""
        before = self.past[person][-1][1]
        assert before is not None
        state = {**before, **changed}
        self.past[person].append((at, state))
        self._tell(at, trigger, person, state)
        for name, value in changed.items():
            if before[name] != value:
                self.audit.append((person, name, before[name], value, at, "update"))

    def merge(self, gone: str, into: str, at: datetime) -> None:
        """One local id becomes another (A40)."""
        self.past[gone].append((at, None))
        state = self.past[into][-1][1]
        assert state is not None
        self._tell(at, "A40", into, state, gone)
        self.audit.append((gone, "", "", "", at, "delete"))

    def _tell(self, at: datetime, trigger: str, person: str, state: State, gone: str | None = None) -> None:
        name = state["nom"].replace("|", "\\F\\")
        told = [segment("PID", _3=f"{person}^^^CHU^PI", _5=f"{name}^X^^^^^L", _13=state["tel"] or '""')]
        told += [segment("MRG", _1=f"{gone}^^^CHU^PI")] if gone else []
        written = f"{at:%Y%m%d%H%M%S}+0000"
        text = message(f"ADT^{trigger}", *told, at=written)
        self.messages.append((at, text.replace("|1|P|", f"|{len(self.messages)}|P|", 1)))


def make_world(seed: int, persons: int = 40) -> World:
    """Persons who come, change, and are merged, at most one of these between two copies each."""
    random, world = Random(seed), World()
    for number in range(persons):
        person = f"P{number:04d}"
        begin = random.choice([-10, -10, -10, random.randrange(1, 40)])
        state = {"nom": random.choice(NAMES), "tel": _phone(random), "region": random.choice(REGIONS)}
        if begin < 0:
            world.be(person, day(begin), **state)
        else:
            world.add(person, day(begin + 0.25), **state)
        stretches = range(max(begin, -EVERY) // EVERY + 1, 9)
        for stretch in sorted(random.sample(stretches, random.choice([0, 0, 1, 2, 3]))):
            at = stretch * EVERY + 1 + random.random() * (EVERY - 2)
            changed = {"nom": random.choice(NAMES)} if random.random() < 0.4 else {"tel": _phone(random)}
            world.change(person, day(round(at, 3)), random.choice(["A31", "A08", "A01"]), **changed)
    for number in range(0, persons - 1, 13):
        world.merge(f"P{number:04d}", f"P{number + 1:04d}", day(92 + number / 100))
    return world


def _phone(random: Random) -> str:
    return f"06{random.randrange(10**8):08d}"


def as_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as people export it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def copy_csv(world: World, at: datetime) -> str:
    """The whole registry as it was."""
    rows = [(person, s["nom"], s["tel"], s["region"]) for person, s in sorted(world.at(at).items())]
    return as_csv(("ipp", "nom", "tel", "region"), rows)


def copy_sqlite(world: World, at: datetime, path: Path) -> None:
    """The same as a backup."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("create table patients (ipp text, nom text, tel text, region text)")
        rows = [(p, s["nom"], s["tel"], s["region"]) for p, s in world.at(at).items()]
        base.executemany("insert into patients values (?, ?, ?, ?)", rows)


def past_scene(folder: Path, world: World, *histories: str, copies: Iterable[float] = ()) -> Scene:
    """A case with the world's extract of the last day and what is left of its past."""
    scene = Scene(folder / "case", SETTINGS + "".join(histories))
    scene.write("patients.csv", copy_csv(world, END))
    scene.write("adt/all.hl7", "".join(text for _at, text in sorted(world.messages)))
    rows = [(*row[:4], row[4].isoformat(), row[5]) for row in world.audit]
    scene.write("audit.csv", as_csv(("row", "field", "before", "after", "changed", "op"), rows))
    for number in copies:
        scene.write(f"copies/patients-{day(number):%Y%m%dT%H%M%S}Z.csv", copy_csv(world, day(number)))
    return scene


def replayed(rows: Iterable[Mapping[str, object]], at: datetime) -> dict[str, list[Mapping[str, object]]]:
    """The rows that hold, or may hold, at an instant, by person."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        since, until = row["valid_from"], row["valid_until"]
        assert since is None or isinstance(since, datetime)
        assert until is None or isinstance(until, datetime)
        if (since is None or since <= at) and (until is None or at < until):
            found.setdefault(str(row["person"]), []).append(row)
    return found
