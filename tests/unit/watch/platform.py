# SPDX-License-Identifier: Apache-2.0
"""A small portal whose log grows: tests write lines, look, and read what was told."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.core.tables import TABLES
from tocsin.store.case import Case
from tocsin.store.query import quote
from tocsin.watch.batch import DETECTED
from tocsin.watch.ledger import Ledger
from tocsin.watch.run import Watcher, Wishes

CASE = """[case]
id = "portal"
zone = "Europe/Paris"
[[sources]]
name = "portal"
paths = ["logs/portal.log*"]
format = "web-access"
[[accounts]]
paths = ["doctors.csv"]
columns = { account = "login", role = "role", active_until = "until" }
[[accounts]]
paths = ["patients.csv"]
columns = { account = "login", person = "own", may_see = "others" }
[catalogue]
path = "catalogue.toml"
[watch]
every = 0.2
"""
CATALOGUE = '[[shows]]\naction = "read"\nobject = "/patients/{person}"\ncategories = ["identity.name"]\n'
DOCTORS = "login,role,until\ndr.a,doctor,\ndr.b,doctor,\ndr.gone,doctor,2025-09-30\n"
PATIENTS = "login,own,others\npat,1,2\n"

NOON = datetime(2025, 11, 14, 12, tzinfo=UTC)


def line(second: float, account: str, person: object, *, at: datetime = NOON) -> str:
    moment = at + timedelta(seconds=int(second))
    return (
        f"192.0.2.7 - {account} [{moment:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"GET /patients/{person} HTTP/1.1" 200 512 "-" "browser"\n'
    )


def lines(seconds: Iterable[int], account: str, first: int = 0) -> str:
    """A line a second, each another patient."""
    return "".join(line(second, account, 1_000 + first + at) for at, second in enumerate(seconds))


class Clock:
    """A wall clock that tests turn."""

    def __init__(self) -> None:
        self.now = NOON.timestamp() + 86_400

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Platform:
    """A case, its log, and whoever watches it."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        (folder / "logs").mkdir(parents=True)
        (folder / "case.toml").write_text(CASE + settings, "utf-8")
        (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
        (folder / "doctors.csv").write_text(DOCTORS, "utf-8")
        (folder / "patients.csv").write_text(PATIENTS, "utf-8")
        self.log = folder / "logs" / "portal.log"
        self.told: list[tuple[str, Mapping[str, object]]] = []
        self.clock = Clock()

    def weigh_no_whole(self) -> None:
        """As if the whole had been looked at a moment ago: a second less a test."""
        ledger = Ledger(self.folder)
        ledger.say(DETECTED, (NOON + timedelta(days=365)).isoformat())
        ledger.close()

    def grow(self, text: str | bytes, name: str = "portal.log") -> Path:
        """Add to the log, as if it had been written some seconds ago."""
        path = self.folder / "logs" / name
        with path.open("ab") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        os.utime(path, (self.clock.now - 1, self.clock.now - 1))
        return path

    def watcher(self, **wishes: bool) -> Watcher:
        def tell(state: str, told: Mapping[str, object]) -> None:
            self.told.append((state, told))

        return Watcher(self.folder, "tests", tell, Wishes(**wishes), clock=self.clock, nap=self.clock.sleep)

    def once(self) -> list[Mapping[str, object]]:
        """One look of a new process; returns the alarms that it told."""
        before = len(self.told)
        self.watcher(once=True).watch()
        return [told for state, told in self.told[before:] if state == "alarm"]

    def states(self, *names: str) -> list[Mapping[str, object]]:
        return [told for state, told in self.told if state in names]

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        named = ", ".join(map(quote, columns or TABLES[table].column_names))
        with Case(self.folder, by="tests", read_only=True) as case, case.engine(table) as engine:
            return engine.rows(f"select {named} from {table} order by all")

    def said(self) -> list[tuple[object, ...]]:
        """The events, but for the number of their file."""
        return self.rows("events", "occurred_at", "account", "object", "byte_offset")
