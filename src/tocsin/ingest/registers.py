# SPDX-License-Identifier: Apache-2.0
"""Who the local ids are: registries, records, directories and controllers, read into tables of ours.

People's files are CSV, Parquet or JSON lines, with columns of any name; case.toml says which is which.
A register that cannot be what it claims (no key, a local id twice, histories that overlap) is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from tocsin.core.errors import InputError, MachineError, SettingsError
from tocsin.core.progress import Progress
from tocsin.core.tables import TABLES
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.register_columns import (
    ACCOUNT_COLUMNS,
    CONTROLLER_COLUMNS,
    RECORD_COLUMNS,
    REGISTRY_COLUMNS,
    Shape,
    register_sql,
)
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

_NAME = re.compile(r"\"([^\"]+)\"|([^\W\d]\w*)")
_READERS = {
    ".parquet": "read_parquet([{files}], union_by_name = true)",
    ".jsonl": "read_json([{files}], format = 'newline_delimited', union_by_name = true)",
    ".ndjson": "read_json([{files}], format = 'newline_delimited', union_by_name = true)",
    ".json": "read_json([{files}], union_by_name = true)",
}
_CSV = "read_csv([{files}], all_varchar = true, header = true, union_by_name = true, strict_mode = true)"


def register_digest(case: Case) -> str:
    """Of what `write_registers` rests on."""
    settings = case.settings
    text = msgspec.json.encode(
        [settings.registries, settings.records, settings.accounts, settings.controllers, settings.case.zone]
    )
    digest = hashlib.sha256(text + " ".join(_originals(case)).encode())
    for item in (*settings.registries, *settings.records, *settings.accounts, *settings.controllers):
        for path in _paths(item.paths, case.folder):
            stat = path.stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def write_registers(stage: Stage, progress: Progress) -> None:
    """Write `registry`, `records`, `accounts` and `controllers`, unless they rest on the same files as before."""
    case = stage.case
    digest = register_digest(case)
    stage.note("registers", digest)
    if case.generation.stages.get("registers") == digest:
        return
    settings = case.settings
    originals = _originals(case)
    _write(
        stage,
        "registry",
        [_registry(stage.engine, case, r.name, r.paths, r.columns, originals) for r in settings.registries],
    )
    progress("registers", 1, 3)
    registry_of = {record.name: _registry_of(case, record.name) for record in settings.records}
    _write(
        stage,
        "records",
        [
            _records(stage.engine, case, r.name, registry_of[r.name], r.paths, r.columns, originals)
            for r in settings.records
        ],
    )
    progress("registers", 2, 3)
    _write(
        stage,
        "accounts",
        [_plain(stage.engine, case, a.paths, a.columns, ACCOUNT_COLUMNS) for a in settings.accounts],
    )
    _write_controllers(stage)
    progress("registers", 3, 3)


def _write(stage: Stage, table: str, selects: list[str]) -> None:
    columns = TABLES[table].columns
    empty = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in columns)
    stage.write(table, "\nunion all by name\n".join(selects) if selects else f"select {empty} where false")


def _registry(
    engine: Engine,
    case: Case,
    name: str,
    paths: list[str],
    columns: dict[str, str | list[str]],
    originals: list[str],
) -> str:
    given, types = _open(engine, case, paths)
    select = register_sql(
        given, Shape(REGISTRY_COLUMNS, "person"), columns, types, case.settings.case.zone, originals
    )
    view = f"registry of {name}"
    engine.view(view, select)
    _refuse_no_key(engine, view, "person", paths)
    _refuse_twice(engine, view, "person", "valid_from" in columns, paths)
    return f"select {literal(name)} as registry, * from {quote(view)}"


def _records(
    engine: Engine,
    case: Case,
    name: str,
    registry: str | None,
    paths: list[str],
    columns: dict[str, str],
    originals: list[str],
) -> str:
    given, types = _open(engine, case, paths)
    select = register_sql(
        given, Shape(RECORD_COLUMNS, "record"), columns, types, case.settings.case.zone, originals
    )
    view = f"records of {name}"
    engine.view(view, select)
    _refuse_no_key(engine, view, "record", paths)
    _refuse_twice(engine, view, "record", "valid_from" in columns, paths)
    of = "null" if registry is None else literal(registry)
    return f"select {literal(name)} as record_type, {of} as registry, * from {quote(view)}"


def _plain(
    engine: Engine, case: Case, paths: list[str], columns: dict[str, str], known: Sequence[str]
) -> str:
    given, types = _open(engine, case, paths)
    return register_sql(given, Shape(known, known[0]), columns, types, case.settings.case.zone, [])


def _registry_of(case: Case, record_name: str) -> str | None:
    """The registry of a record's persons: the one it names, else the only one that shares its sources."""
    record = next(r for r in case.settings.records if r.name == record_name)
    if record.registry is not None:
        if record.registry not in [r.name for r in case.settings.registries]:
            raise SettingsError(
                f"[[records]] '{record.name}' names the registry '{record.registry}', which is not there.",
                do="Name one of [[registries]].",
            )
        return record.registry
    shared = [
        r.name for r in case.settings.registries if not r.sources or set(r.sources) & set(record.sources)
    ]
    candidates = shared or [r.name for r in case.settings.registries]
    if len(candidates) > 1:
        raise SettingsError(
            f"[[records]] '{record.name}' can belong to several registries.", do='Write registry = "…" there.'
        )
    return candidates[0] if candidates else None


def _write_controllers(stage: Stage) -> None:
    settings = stage.case.settings.controllers
    listed = [{"controller": c.id, "name": c.name, "finess": c.finess} for c in settings if c.id is not None]
    schema = pa.schema([(name, pa.string()) for name in ("controller", "name", "finess")])
    stage.engine.register("listed_controllers", pa.Table.from_pylist(listed, schema))
    selects = ["select * from listed_controllers"]
    for item in settings:
        if item.paths:
            given, types = _open(stage.engine, stage.case, item.paths)
            columns = item.columns or {"controller": "id", "name": "name", "finess": "finess"}
            columns = {ours: theirs for ours, theirs in columns.items() if item.columns or theirs in types}
            selects.append(
                register_sql(given, Shape(CONTROLLER_COLUMNS, "controller"), columns, types, "UTC", [])
            )
    stage.write(
        "controllers", f"select distinct on (controller) * from ({' union all by name '.join(selects)})"
    )


def _open(engine: Engine, case: Case, paths: list[str]) -> tuple[str, dict[str, str]]:
    """A FROM clause over the files, and the type of each of their columns; raises InputError."""
    found = _paths(paths, case.folder)
    listed = ", ".join(literal(str(path)) for path in found)
    suffixes = {_suffix(path) for path in found}
    if len(suffixes) > 1:
        raise InputError(
            "These files are not of one kind.", do="Give each kind its own table.", where=", ".join(paths)
        )
    source = _READERS.get(suffixes.pop(), _CSV).format(files=listed)
    try:
        described = engine.rows(f"describe select * from {source}")
    except MachineError:
        raise InputError(
            "This file cannot be read as a table.",
            do="CSV (UTF-8, with a header), Parquet and JSON lines are read.",
            where=", ".join(paths),
            code="unreadable",
        ) from None
    return source, {str(row[0]): str(row[1]) for row in described}


def _suffix(path: Path) -> str:
    suffixes = [s.lower() for s in path.suffixes if s.lower() not in (".gz", ".zst")]
    return suffixes[-1] if suffixes else ""


def _paths(patterns: list[str], folder: Path) -> list[Path]:
    return [stream.path for stream in find_inputs(patterns, folder)] if patterns else []


def _refuse_no_key(engine: Engine, view: str, key: str, paths: list[str]) -> None:
    missing = engine.count(f"select count(*) from {quote(view)} where {quote(key)} is null")
    if missing:
        raise InputError(
            f"{missing} rows have no {key}.",
            do="Complete them or take them out.",
            where=", ".join(paths),
            code="no_key",
        )


def _refuse_twice(engine: Engine, view: str, key: str, has_history: bool, paths: list[str]) -> None:
    """One row a local id; with a history, one row at any instant."""
    if not has_history:
        twice = (
            f"select count(*) from (select 1 from {quote(view)} group by {quote(key)} having count(*) > 1)"
        )
        what = f"{key}s stand twice"
    else:
        twice = f"""
        select count(*) from (
            select
                valid_until,
                row_number() over history as place,
                count(*) over (partition by {quote(key)}) as places,
                lead(coalesce(valid_from, timestamptz '-infinity')) over history as next_from
            from {quote(view)}
            window history as (partition by {quote(key)} order by valid_from nulls first, valid_until nulls last)
        )
        where place < places and (valid_until is null or next_from < valid_until)"""
        what = f"{key}s have periods that overlap"
    found = engine.count(twice)
    if found:
        raise InputError(
            f"{found} {what}.",
            do="One local id is one person: correct the extract.",
            where=", ".join(paths),
            code="local_id_twice",
        )


def _originals(case: Case) -> list[str]:
    """The registries' own columns that the catalogue's replays may name, as they are or by a name of ours."""
    texts = [rule.replay for rule in case.catalogue.shows if rule.replay]
    named = {quoted or plain for text in texts for quoted, plain in _NAME.findall(text)}
    given = [columns for registry in case.settings.registries for columns in registry.columns.items()]
    theirs = {name for ours, name in given if ours in named and isinstance(name, str)}
    return sorted(named | theirs)
