# SPDX-License-Identifier: Apache-2.0
"""Registers, directories and relations of a database, read once and whole into a hashed Parquet file.

`evidence/snapshots/<kind>~<name>.parquet`: every value is the text it is, lists stay lists. A later reading
that gives the same rows, in whatever order, changes nothing; another answer takes its place, and the former
one is kept beside it under its hash.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.collect.databases.accepted import accept_select
from tocsin.collect.databases.database import Column, Row
from tocsin.collect.databases.opened import database_at, dialect_of
from tocsin.collect.databases.values import line_of, text_of
from tocsin.collect.interface import shown_address
from tocsin.collect.ledger import disk_failed
from tocsin.collect.outcome import Collected
from tocsin.core.errors import InputError, MachineError, Sentence
from tocsin.core.settings.collected import KINDS, AnyRegister, snapshot_path
from tocsin.core.words import _
from tocsin.journal.chain import Json, sync
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of

GROUP = 20_000
"""Rows of a row group: what is in memory at once."""

ANSWER = b"tocsin.answer"
QUESTION = b"tocsin.question"
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One register that is read from a database."""

    kind: str
    """One of `KINDS`."""

    name: str
    url: str
    query: str

    def check(self) -> None:
        """Raise SettingsError for an address that is none, or a query that is not one SELECT."""
        accept_select(self.query, dialect_of(self.url))

    def path(self, case: Case) -> Path:
        """Where it lies."""
        return case.folder / snapshot_path(self.kind, self.name)

    @property
    def question(self) -> bytes:
        """Of what was asked, the machine apart."""
        return sha256(self.query.encode()).hexdigest().encode()


def registers_of(case: Case) -> list[Snapshot]:
    """The registers of the case that name a database and no paths of their own."""
    settings = case.settings
    listed: list[tuple[str, AnyRegister]] = [
        (kind, one) for kind, table in KINDS.items() for one in getattr(settings, table)
    ]
    return [
        Snapshot(kind, one.name, one.database, one.query)
        for kind, one in listed
        if one.database is not None and one.query is not None and one.paths == [snapshot_path(kind, one.name)]
    ]


def collect_register(case: Case, register: Snapshot, *, again: bool) -> Collected | None:
    """Read a register unless it stands; None when it does. Failures are in the result."""
    path = register.path(case)
    held = _held(path)
    if held.get(QUESTION) == register.question and not again:
        return None
    result = Collected(register.name, register.kind, shown_address(register.url))
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        result.rows, answer = _read(case, register, part)
        if held.get(ANSWER) == answer and held.get(QUESTION) == register.question:
            result.repeated, result.rows = result.rows, 0
        else:
            if held:
                result.notes.append(_differs(_keep_former(path)))
            part.replace(path)
            sync(path.parent)
    except OSError as error:
        result.error = disk_failed(path, error)
    except (InputError, MachineError) as error:
        result.error = error
    finally:
        part.unlink(missing_ok=True)
    _tell(case, result, path)
    return result


def _read(case: Case, register: Snapshot, part: Path) -> tuple[int, bytes]:
    """Write the part; the number of rows, and a digest of them that does not depend on their order."""
    query = accept_select(register.query, dialect_of(register.url))
    rows_read, total = 0, 0
    with database_at(register.url, register.name, case.folder) as database:
        columns = database.columns(query)
        names = [column.name for column in columns]
        schema = pa.schema([(column.name, _type_of(column)) for column in columns])
        rows = database.rows(database.whole_sql(query, columns))
        with part.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for group in _groups(rows):
                rows_read += len(group)
                total += sum(int.from_bytes(sha256(line_of(names, row)).digest(), "big") for row in group)
                writer.write_table(_table(group, columns, schema))
            answer = f"{rows_read} {total % _MODULUS:064x}".encode()
            writer.add_key_value_metadata({ANSWER: answer, QUESTION: register.question})
    part.chmod(0o600)
    sync(part)
    return rows_read, answer


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(rows, GROUP)):
        yield group


def _type_of(column: Column) -> pa.DataType:
    return pa.list_(pa.string()) if column.is_list else pa.string()


def _table(rows: list[Row], columns: list[Column], schema: pa.Schema) -> pa.Table:
    made = [
        pa.array([_cell(row[place], column) for row in rows], _type_of(column))
        for place, column in enumerate(columns)
    ]
    return pa.Table.from_arrays(made, schema=schema)


def _cell(value: object, column: Column) -> str | list[str | None] | None:
    if column.is_list and isinstance(value, list):
        return [text_of(one) for one in value]
    return text_of(value)


def _held(path: Path) -> dict[bytes, bytes]:
    """What a snapshot says of itself; raises InputError for a file that is none."""
    if not path.exists():
        return {}
    try:
        return dict(pq.read_schema(path).metadata or {}) | dict(pq.read_metadata(path).metadata or {})
    except (pa.ArrowException, OSError):
        raise InputError(
            _("This snapshot cannot be read."),
            do=_("Restore the folder `evidence` from a copy, or take the file away and collect again."),
            where=path,
            code="unreadable",
        ) from None


def _keep_former(path: Path) -> Path:
    """The former answer stands under a name with its own hash."""
    former = path.with_name(f"{path.stem}~{sha256_of(path)[:12]}.parquet")
    if not former.exists():
        os.link(path, former)
    return former


def _differs(former: Path) -> tuple[str, Sentence]:
    text = _("It is no longer as it was read before; the former rows are kept in {path}.")
    return "snapshot_differs", Sentence(text, {"path": former.name})


def _tell(case: Case, result: Collected, path: Path) -> None:
    result.stands = path.exists()
    stands: dict[str, Json] = {}
    if result.stands:
        result.files, result.bytes = 1, path.stat().st_size
        result.total = pq.read_metadata(path).num_rows
        stands = {"total": result.total, "bytes": result.bytes, "sha256": sha256_of(path)}
    result.tell(case, stands)
