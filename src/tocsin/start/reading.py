# SPDX-License-Identifier: Apache-2.0
"""What the logs say, asked while the questions run: they are read once, into the case that is being made.

The sources are those that case.toml will name, so that its first run does not read them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.core.progress import Progress
from tocsin.core.settings import CaseSettings, SourceSettings
from tocsin.core.settings.case import CaseHead
from tocsin.ingest.peek import first_event_at
from tocsin.ingest.plan import plan_source
from tocsin.ingest.register_files import open_files
from tocsin.ingest.run import run
from tocsin.start.logs import Source
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.start"


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What one source gave."""

    name: str
    records: int
    events: int
    set_aside: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """What one account did, over all sources."""

    account: str
    events: int
    objects: int
    addresses: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Screen:
    """Requests that differ by the numbers in their path alone, or by nothing."""

    source: str
    action: str
    template: str | None
    """A path with `{}` for each segment that holds a digit; null where the log names no object."""

    object_type: str | None
    events: int
    distinct: int
    """Different paths."""

    names_person: bool
    """The log itself names the person."""

    @property
    def segments(self) -> list[int]:
        """Places between slashes, from 1, that vary."""
        return [at for at, part in enumerate((self.template or "").split("/"), start=1) if part == "{}"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose acts are asked about, within [since, until)."""

    accounts: list[str]
    since: datetime | None
    until: datetime | None


class Reading:
    """The logs of a case that has no case.toml yet."""

    def __init__(self, folder: Path, by: str, sources: Sequence[SourceSettings]) -> None:
        self.folder = folder
        self.by = by
        self.settings = CaseSettings(case=CaseHead(id="start"), sources=list(sources))

    def read(self, progress: Progress) -> None:
        """Read what is new. Raises InputError as ingestion does."""
        with Case(self.folder, by=self.by, settings=self.settings) as case:
            run(case, progress)

    def check(self) -> None:
        """Look at the beginning of each file. Raises InputError, `no_zone` for times without a zone."""
        with Engine(memory="512MiB") as engine:
            for source in self.settings.sources:
                for file in plan_source(source, self.folder, [], {}).to_read:
                    first_event_at(engine, file)

    @contextmanager
    def _engine(self, *tables: str) -> Iterator[Engine]:
        with (
            Case(self.folder, by=self.by, settings=self.settings, read_only=True) as case,
            case.engine(*tables) as engine,
        ):
            yield engine

    def sources(self) -> list[SourceRead]:
        """By source: the accounting, and the period covered."""
        with self._engine("accounting", "events") as engine:
            rows = engine.rows(load_query(PACKAGE, "sources_read"))
        return [SourceRead(*row) for row in rows]  # type: ignore[arg-type]

    def accounts(self) -> list[AccountSeen]:
        """All accounts, those that asked for most different things first."""
        with self._engine("events") as engine:
            rows = engine.rows(load_query(PACKAGE, "accounts_seen"))
        return [AccountSeen(*row) for row in rows]  # type: ignore[arg-type]

    def addresses(self, account: str) -> list[tuple[str, int, datetime, datetime]]:
        """Where an account came from: address, events, first, last; the latest to appear first."""
        with self._engine("events") as engine:
            return engine.rows(load_query(PACKAGE, "addresses_seen"), account=account)  # type: ignore[return-value]

    def screens(self, scope: Scope) -> list[Screen]:
        """What the accounts obtained in that time, by template, the weightiest first."""
        with self._engine("events") as engine:
            rows = engine.rows(
                load_query(PACKAGE, "screens"),
                accounts=scope.accounts,
                since=scope.since,
                until=scope.until,
            )
        return [Screen(*row) for row in rows]  # type: ignore[arg-type]

    def overlap(
        self, paths: list[str], column: str, screens: Sequence[Screen], scope: Scope
    ) -> dict[tuple[int, int], int]:
        """How many of a screen's values stand in a column of a list, by (screen, segment)."""
        with self._engine("events") as engine:
            files = open_files(engine, self.folder, paths)
            engine.create(
                "listed", f"select distinct trim(cast({quote(column)} as varchar)) as id from {files.select}"
            )
            engine.create(
                "visited",
                load_query(PACKAGE, "visited"),
                accounts=scope.accounts,
                since=scope.since,
                until=scope.until,
            )
            return {
                (number, segment): engine.count(
                    load_query(PACKAGE, "listed_values"),
                    source=screen.source,
                    action=screen.action,
                    template=screen.template or "",
                    segment=segment,
                )
                for number, screen in enumerate(screens)
                for segment in screen.segments
            }

    def table_sample(self, paths: list[str], rows: int) -> tuple[list[str], list[list[str]]]:
        """Names of a list's columns and its first rows, as text. Raises InputError for what is no table."""
        with Engine(memory="512MiB") as engine:
            files = open_files(engine, self.folder, paths)
            names = list(files.types)
            cells = ", ".join(f"coalesce(trim(cast({quote(name)} as varchar)), '')" for name in names)
            found = engine.rows(f"select {cells} from {files.select} limit {int(rows)}")
        return names, [[str(cell) for cell in row] for row in found]

    def matching_accounts(self, paths: list[str], column: str) -> int:
        """How many accounts of the logs stand in a column of a list."""
        with self._engine("events") as engine:
            files = open_files(engine, self.folder, paths)
            engine.create(
                "listed", f"select distinct trim(cast({quote(column)} as varchar)) as id from {files.select}"
            )
            return engine.count(load_query(PACKAGE, "listed_accounts"))

    def left_on(self, paths: list[str], account: str, columns: dict[str, str]) -> str:
        """What the list says of the end of an account's right, as it is written; "" when it says nothing."""
        if "account" not in columns or "active_until" not in columns:
            return ""
        with Engine(memory="512MiB") as engine:
            files = open_files(engine, self.folder, paths)
            until, name = quote(columns["active_until"]), quote(columns["account"])
            found = engine.value(
                f"select {until}::varchar from {files.select} where trim({name}::varchar) = $account limit 1",
                account=account,
            )
        return str(found or "")


def settings_of(source: Source, zone: str) -> SourceSettings:
    """A source as case.toml will name it."""
    return SourceSettings(name=source.name, paths=source.paths(), zone=zone or None)
