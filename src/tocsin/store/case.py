# SPDX-License-Identifier: Apache-2.0
"""The one handle that a stage receives: settings, journal, committed tables, and a way to commit its own."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa

from tocsin import __version__
from tocsin.core.errors import CaseLocked, InputError, MachineError
from tocsin.core.settings import CaseSettings, Catalogue, load_case, load_catalogue
from tocsin.core.tables import SHAPES, TABLES, Table
from tocsin.core.words import _
from tocsin.journal import Journal
from tocsin.store.attach import PartReader
from tocsin.store.engine import Engine, Value
from tocsin.store.generation import Generations
from tocsin.store.generation_body import Generation
from tocsin.store.order import ROW_GROUP, Places, batches_in_order
from tocsin.store.parts import Part, is_open, write_parts
from tocsin.store.query import Query, quote
from tocsin.store.reseal import seal_part
from tocsin.store.seal import CaseKey, is_sealed, open_key
from tocsin.store.spill import clear_left, spill_folder


class Case:
    """A case folder, open for one process at a time.

    `settings` stand for a case.toml that is not there; `key` seals the case in memory alone: what identifies
    persons is then readable only as long as this object lives.
    Raises SettingsError for a bad case.toml, CaseLocked when another run holds it, TamperedError when
    CURRENT or the journal is not what was written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        by: str,
        read_only: bool = False,
        settings: CaseSettings | None = None,
        key: CaseKey | None = None,
    ) -> None:
        self.folder = folder
        self.by = by
        self.read_only = read_only
        self.settings = settings or _load_settings(folder)
        self.tables_folder = folder / "tables"
        self._lock = None if read_only else self._take_lock()
        self._seals_local_ids = key is not None
        try:
            self._open(key)
        except BaseException:
            self.close()
            raise

    def _open(self, key: CaseKey | None) -> None:
        self.journal = Journal(self.folder / "journal", read_only=self.read_only)
        self.generations = Generations(self.tables_folder, self.journal)
        self.generation: Generation = (
            self.generations.current() if self.read_only else self.generations.recover(by=self.by)
        )
        self.reader = PartReader(self.generations, self.generation, read_only=self.read_only)
        self.key = key or open_key(self.folder, self.settings.seal, read_only=self.read_only)
        if self.key is not None and not self.read_only:
            self._seal_open_tables(self.key)

    def close(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def catalogue(self) -> Catalogue:
        """What each access shows; empty when the case names none."""
        if self.settings.catalogue is None:
            return Catalogue()
        return load_catalogue(self.path_of(self.settings.catalogue.path), self.settings)

    def path_of(self, name: str) -> Path:
        """A path of case.toml, relative to the case."""
        return self.folder / name

    @property
    def local_ids_identify(self) -> bool:
        """Whether some registry's local ids are numbers such as the NIR."""
        return any(registry.local_id_identifying for registry in self.settings.registries)

    @property
    def is_sealed(self) -> bool:
        """Whether what identifies persons is encrypted."""
        return self.key is not None

    def has(self, table: str) -> bool:
        """Whether the table was ever committed."""
        return table in self.generation.tables

    @contextmanager
    def engine(self, *names: str) -> Iterator[Engine]:
        """An engine with the named committed tables as views; a table never committed is an empty view."""
        memory = self.settings.limits.memory
        with (
            spill_folder(self.tables_folder, sealed=self.is_sealed) as spill,
            Engine(memory=memory, spill=spill) as engine,
        ):
            for name in names:
                self.attach(engine, TABLES[name])
            try:
                yield engine
            except MachineError as error:
                if error.code == MachineError.code:
                    self.reader.blame(part for name in names for part in self.generation.tables.get(name, ()))
                raise

    def attach(self, engine: Engine, table: Table, parts: Sequence[Part] | None = None) -> None:
        """Give the engine a table as a view of its name: the committed parts, or those given."""
        chosen = self.generation.tables.get(table.name, ()) if parts is None else parts
        self.reader.attach(engine, table, chosen, self.key)

    @contextmanager
    def stage(self, name: str, *reads: str) -> Iterator[Stage]:
        """One stage's run; nothing stands until its `commit`."""
        if self.read_only:
            raise MachineError(_("This case is open for reading only."))
        if self.generations.is_unsettled:
            self.generation = self.generations.recover(by=self.by)
        shutil.rmtree(self.generations.staging, ignore_errors=True)
        with self.engine(*reads) as engine:
            try:
                yield Stage(self, name, engine)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                raise MachineError(
                    _("The disk is full (step '{step}')."),
                    do=_("Free space and run again."),
                    where=self.folder,
                    code="disk_full",
                    step=name,
                ) from None

    def check_disk(self, needed: int) -> None:
        """Raise MachineError when the case's disk cannot take that many bytes."""
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise MachineError(
                _("The disk has {free} MiB free and this needs about {needed} MiB."),
                do=_("Free space, or move the case to a larger disk."),
                where=self.folder,
                code="disk_full",
                free=free >> 20,
                needed=needed >> 20,
            )

    def stage_is_current(self, name: str, inputs: str) -> bool:
        """Whether the stage was committed on the same inputs by the same code."""
        return self.generation.code == __version__ and self.generation.stages.get(name) == inputs

    def digest_of(self, *names: str, also: str = "") -> str:
        """What a stage rests on: its tables' parts, and whatever text else.

        The shapes of all tables count as well: what an earlier state of the code wrote is written anew.
        """
        hasher = hashlib.sha256(f"{__version__}\n{SHAPES}\n{also}\n".encode())
        for name in names:
            for part in self.generation.tables.get(name, ()):
                hasher.update(f"{name} {part.sha256}\n".encode())
        return hasher.hexdigest()

    def seals(self, table: Table) -> bool:
        """Whether this case encrypts the table."""
        return self.key is not None and is_sealed(
            table, local_ids_identify=self._seals_local_ids or self.local_ids_identify
        )

    def _seal_open_tables(self, key: CaseKey) -> None:
        """What was written before the case was sealed is written again, encrypted, in a commit of its own."""
        tables = {
            name: tuple(sealed for part in parts for sealed in self._sealed_parts(name, part, key))
            for name, parts in self.generation.tables.items()
        }
        if tables != self.generation.tables:
            self.stand(tables, dict(self.generation.stages))

    def _sealed_parts(self, name: str, part: Part, key: CaseKey) -> list[Part]:
        path = self.tables_folder / part.path
        if not (self.seals(TABLES[name]) and path.is_file() and is_open(path)):
            return [part]
        self.reader.checked(part)
        return seal_part(self.tables_folder, self.generations.staging, name, part, key)

    def stand(self, tables: dict[str, tuple[Part, ...]], stages: dict[str, str]) -> None:
        """Commit these tables and digests of stages as the next generation; new parts are staged."""
        generation = Generation(self.generation.number + 1, __version__, tables, stages)
        self.generations.commit(generation, by=self.by)
        self.generation = generation

    def _take_lock(self) -> IO[str]:
        self.tables_folder.mkdir(parents=True, exist_ok=True)
        lock = (self.tables_folder / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise CaseLocked(
                _("Another run is writing this case."), do=_("Wait for it to end."), where=self.folder
            ) from None
        clear_left(self.tables_folder)
        return lock


def _load_settings(folder: Path) -> CaseSettings:
    if not (folder / "case.toml").is_file():
        raise InputError(
            _("There is no case here: case.toml is missing."),
            do=_("Make one with `tocsin init {folder}`."),
            where=folder,
            code="no_case",
            folder=str(folder),
        )
    return load_case(folder / "case.toml")


class Stage:
    """A stage's run: its engine, and the tables that it writes."""

    def __init__(self, case: Case, name: str, engine: Engine) -> None:
        self.case = case
        self.name = name
        self.engine = engine
        self._written: dict[str, list[Part]] = {}
        self._notes: dict[str, str] = {}

    def write(self, table_name: str, query: Query | str, **binds: Value) -> int:
        """Replace a table by a query's rows, in the table's total order. Returns the number of rows."""
        self._written[table_name] = []
        parts = self.parts(self.engine, table_name, query, binds=binds)
        self.keep(table_name, parts)
        return sum(part.rows for part in parts)

    def add(
        self, table_name: str, query: Query | str, *, folder_name: str = "", label: str = "", **binds: Value
    ) -> int:
        """Add parts to a table that this stage writes."""
        parts = self.parts(self.engine, table_name, query, folder_name=folder_name, label=label, binds=binds)
        self.keep(table_name, parts)
        return sum(part.rows for part in parts)

    def parts(
        self,
        engine: Engine,
        table_name: str,
        query: Query | str,
        *,
        folder_name: str = "",
        label: str = "",
        binds: Mapping[str, Value] | None = None,
    ) -> list[Part]:
        """Write parts and hand them back, for a thread with an engine of its own; `keep` them later."""
        table = TABLES[table_name]
        written = write_parts(
            self.case.generations.staging,
            table,
            _ahead(engine.stream(ordered_rows(table, query), ROW_GROUP, **(binds or {}))),
            key=self.case.key if self.case.seals(table) else None,
            folder_name=folder_name,
            label=label,
        )
        self.case.reader.trust(written)
        return written

    def parts_of_rows(
        self,
        table_name: str,
        rows: pa.Table,
        places: Places,
        *,
        constants: Mapping[str, str | int] | None = None,
        folder_name: str = "",
        label: str = "",
    ) -> list[Part]:
        """As `parts`, for these rows of a table in memory; columns it lacks are constant, or null."""
        table = TABLES[table_name]
        written = write_parts(
            self.case.generations.staging,
            table,
            batches_in_order(table, rows, places),
            key=self.case.key if self.case.seals(table) else None,
            constants=constants,
            folder_name=folder_name,
            label=label,
        )
        self.case.reader.trust(written)
        return written

    def keep(self, table_name: str, parts: Sequence[Part]) -> None:
        """Let parts of the committed generation stand beside those that this stage adds."""
        self._written.setdefault(table_name, []).extend(parts)

    def note(self, name: str, digest: str) -> None:
        """Keep, with this stage's commit, the digest of a part of its inputs."""
        self._notes[name] = digest

    def attach_written(self, table_name: str) -> None:
        """Give the engine a table as this stage has just written it."""
        self.case.attach(self.engine, TABLES[table_name], self._written.get(table_name, []))

    def commit(self, inputs: str) -> None:
        """Make what was written stand; tables it did not write stay as they are."""
        before = self.case.generation
        tables = {**before.tables, **{n: tuple(sorted(p, key=_by_path)) for n, p in self._written.items()}}
        stages = {**before.stages, **self._notes, self.name: inputs}
        self.case.stand(tables, stages)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches: while one is being written, a second thread has the engine make the next."""
    with ThreadPoolExecutor(1) as fetching:
        coming = fetching.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = fetching.submit(next, batches, None)
            yield batch


def _by_path(part: Part) -> str:
    return part.path


def ordered_rows(table: Table, query: Query | str) -> Query:
    """The query cast to the table's columns, in its total order."""
    name, sql = (query.name, query.sql) if isinstance(query, Query) else (table.name, query)
    columns = ",\n    ".join(f"cast({quote(c.name)} as {c.type}) as {quote(c.name)}" for c in table.columns)
    key = ", ".join(f"{quote(c)} nulls first" for c in table.key)
    return Query(name, f"select\n    {columns}\nfrom (\n{sql}\n)\norder by {key}")
