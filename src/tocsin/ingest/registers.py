# SPDX-License-Identifier: Apache-2.0
"""Who the local ids are: registries, records, directories and controllers, read into tables of ours.

People's files are CSV, Parquet or JSON lines, with columns of any name; case.toml says which is which.
A register that cannot be what it claims (no key, a local id twice, histories that overlap) is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

from tocsin import __version__
from tocsin.core.errors import InputError, SettingsError, Where
from tocsin.core.progress import Progress
from tocsin.core.settings import AccountSettings
from tocsin.core.settings.catalogue import ShownColumn
from tocsin.core.settings.inputs import RecordSettings, RegistrySettings
from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.ingest.history.rebuild import rebuild, start_histories, write_histories
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.register_columns import (
    ACCOUNT_COLUMNS,
    ADDRESS_PARTS,
    CONTACT_COLUMNS,
    CONTROLLER_COLUMNS,
    RECORD_COLUMNS,
    REGISTRY_COLUMNS,
    Shape,
    register_sql,
    unread_instants_sql,
)
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.ingest.relations import write_relations
from tocsin.ingest.whereabouts import write_whereabouts
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import sha256_of
from tocsin.store.query import literal, quote

_DIRECTORY = Shape((*ACCOUNT_COLUMNS, *CONTACT_COLUMNS[1:], *ADDRESS_PARTS), "account")
_NAME = re.compile(r"\"([^\"]+)\"|([^\W\d]\w*)")


def register_digest(case: Case) -> str:
    """Of what `write_registers` rests on: settings, and each file's content."""
    settings = case.settings
    text = msgspec.json.encode(
        [
            settings.registries,
            settings.records,
            settings.accounts,
            settings.controllers,
            settings.relations,
            settings.places,
            settings.history,
            settings.case.zone,
        ]
    )
    digest = hashlib.sha256(text + " ".join(_originals(case)).encode() + __version__.encode())
    lists = [
        *(registry.paths for registry in settings.registries),
        *(record.paths for record in settings.records),
        *(accounts.paths for accounts in settings.accounts),
        *(controllers.paths for controllers in settings.controllers if controllers.paths),
        *(relations.paths for relations in settings.relations),
        *(place.paths for place in settings.places),
        *(history.paths for history in settings.history),
    ]
    for patterns in lists:
        for stream in find_inputs(patterns, case.folder):
            digest.update(f"{stream.path.name} {sha256_of(stream.path)}".encode())
    return digest.hexdigest()


def write_registers(stage: Stage, digest: str, progress: Progress) -> None:
    """Write the tables that people keep, unless they rest on what they did before.

    These are `registry`, `records`, `histories`, `accounts`, `controllers`, `relations`, and their facts,
    and `address_ranges` with theirs.
    `digest` is the `register_digest` of the case as it is now.
    """
    case = stage.case
    stage.note("registers", digest)
    if case.generation.stages.get("registers") == digest:
        return
    settings = case.settings
    originals = _originals(case)
    start_histories(stage.engine)
    _write(stage, "registry", [_registry(stage.engine, case, r, originals) for r in settings.registries])
    progress("registers", 1, 3)
    registry_of = {record.name: _registry_of(case, record.name) for record in settings.records}
    _write(
        stage,
        "records",
        [_records(stage.engine, case, r, registry_of[r.name], originals) for r in settings.records],
    )
    write_histories(stage)
    progress("registers", 2, 3)
    _write(
        stage,
        "accounts",
        [_accounts(stage.engine, case, n, a) for n, a in enumerate(settings.accounts)],
    )
    _write_contacts(stage)
    _write_controllers(stage)
    write_relations(stage)
    write_whereabouts(stage)
    progress("registers", 3, 3)


def _write(stage: Stage, table: str, selects: list[str]) -> None:
    columns = TABLES[table].columns
    empty = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in columns)
    with reading(table):
        stage.write(
            table, "\nunion all by name\n".join(selects) if selects else f"select {empty} where false"
        )


def _registry(engine: Engine, case: Case, registry: RegistrySettings, originals: list[str]) -> str:
    view = f"registry of {registry.name}"
    shape = Shape(REGISTRY_COLUMNS, "person")
    _view(engine, case, view, registry.paths, shape, registry.columns, originals)
    _refuse_twice(engine, view, "person", "valid_from" in registry.columns, registry.paths)
    view = rebuild(engine, case, registry, shape, originals, view)
    return f"select {literal(registry.name)} as registry, * from {quote(view)}"


def _records(
    engine: Engine, case: Case, records: RecordSettings, registry: str | None, originals: list[str]
) -> str:
    view = f"records of {records.name}"
    shape = Shape(RECORD_COLUMNS, "record")
    _view(engine, case, view, records.paths, shape, records.columns, originals)
    _refuse_twice(engine, view, "record", "valid_from" in records.columns, records.paths)
    view = rebuild(engine, case, records, shape, originals, view)
    of = "null" if registry is None else literal(registry)
    return f"select {literal(records.name)} as record_type, {of} as registry, * from {quote(view)}"


def _accounts(engine: Engine, case: Case, number: int, accounts: AccountSettings) -> str:
    view = f"accounts {number}"
    _view(engine, case, view, accounts.paths, _DIRECTORY, accounts.columns, [])
    registries = case.settings.registries
    only = registries[0].name if len(registries) == 1 else None
    of = "null" if (name := accounts.registry or only) is None else literal(name)
    columns = ", ".join(map(quote, ACCOUNT_COLUMNS))
    return f"select {of} as registry, {columns} from {quote(view)}"


def _write_contacts(stage: Stage) -> None:
    """How to reach whoever holds an account, where a directory says it."""
    columns = ", ".join(map(quote, CONTACT_COLUMNS))
    told = {*CONTACT_COLUMNS[1:], *ADDRESS_PARTS}
    directories = enumerate(stage.case.settings.accounts)
    numbers = [number for number, directory in directories if told & set(directory.columns)]
    if numbers:
        views = [quote(f"accounts {number}") for number in numbers]
        _write(stage, "account_contacts", [f"select distinct {columns} from {view}" for view in views])


def _view(
    engine: Engine,
    case: Case,
    view: str,
    paths: list[str],
    shape: Shape,
    columns: Mapping[str, str | list[str]],
    originals: Sequence[str],
) -> None:
    """Make a view of a table in columns of ours; raises InputError for what it cannot be."""
    files = open_files(engine, case.folder, paths)
    zone = case.settings.case.zone
    try:
        engine.view(view, register_sql(files.select, shape, columns, files.types, zone, originals))
        with reading(files.where):
            _refuse_no_date(engine, files, columns, zone)
            _refuse_no_key(engine, view, shape.key)
    except InputError as error:
        error.where = error.where if error.where.file else Where(files.where)
        raise


def _registry_of(case: Case, record_name: str) -> str | None:
    """The registry of a record's persons: the one it names, else the only one that shares its sources."""
    record = next(r for r in case.settings.records if r.name == record_name)
    if record.registry is not None:
        if record.registry not in [r.name for r in case.settings.registries]:
            raise SettingsError(
                _("[[records]] '{name}' names the registry '{registry}', which is not there."),
                do=_("Name one of [[registries]]."),
                name=record.name,
                registry=record.registry,
            )
        return record.registry
    shared = [
        r.name for r in case.settings.registries if not r.sources or set(r.sources) & set(record.sources)
    ]
    candidates = shared or [r.name for r in case.settings.registries]
    if len(candidates) > 1:
        raise SettingsError(
            _("[[records]] '{name}' can belong to several registries."),
            do=_('Write registry = "…" there.'),
            name=record.name,
        )
    return candidates[0] if candidates else None


def _write_controllers(stage: Stage) -> None:
    """One row a controller; raises InputError when two rows say different things of one."""
    settings = stage.case.settings.controllers
    listed = [{"controller": c.id, "name": c.name, "finess": c.finess} for c in settings if c.id is not None]
    schema = pa.schema([(name, pa.string()) for name in CONTROLLER_COLUMNS])
    stage.engine.register("listed_controllers", pa.Table.from_pylist(listed, schema))
    selects = ["select * from listed_controllers"]
    for number, item in enumerate(settings):
        if item.paths:
            columns = item.columns or _usual_columns(stage, item.paths)
            view = f"controllers {number}"
            _view(
                stage.engine,
                stage.case,
                view,
                item.paths,
                Shape(CONTROLLER_COLUMNS, "controller"),
                columns,
                [],
            )
            selects.append(f"select * from {quote(view)}")
    stage.engine.view("all controllers", f"select distinct * from ({' union all by name '.join(selects)})")
    _refuse_twice(stage.engine, "all controllers", "controller", has_history=False, paths=["controllers"])
    _write(stage, "controllers", ['select * from "all controllers"'])


def _usual_columns(stage: Stage, paths: list[str]) -> dict[str, str]:
    types = open_files(stage.engine, stage.case.folder, paths).types
    usual = {"controller": "id", "name": "name", "finess": "finess"}
    return {ours: theirs for ours, theirs in usual.items() if theirs in types or ours == "controller"}


def _refuse_no_date(
    engine: Engine, files: RegisterFiles, columns: Mapping[str, str | list[str]], zone: str
) -> None:
    """A period that cannot be read would be no bound at all."""
    checks = unread_instants_sql(columns, files.types, zone)
    if not checks:
        return
    counts = ", ".join(f"count(*) filter (where {check})" for check in checks.values())
    [row] = engine.rows(f"select {counts} from {files.select}")
    for name, count in zip(checks, row, strict=True):
        if count:
            raise InputError(
                _("{count} {count:row has|rows have} a {name} that is no date."),
                do=_("Write dates as 2024-06-11, 11/06/2024 or 2024-06-11T10:00:00+02:00."),
                code="no_date",
                count=int(str(count)),
                name=name,
            )


def _refuse_no_key(engine: Engine, view: str, key: str) -> None:
    missing = engine.count(f"select count(*) from {quote(view)} where {quote(key)} is null")
    if missing:
        raise InputError(
            _("{missing} {missing:row has|rows have} no {key}."),
            do=_("Complete them or take them out."),
            code="no_key",
            missing=missing,
            key=key,
        )


def _refuse_twice(engine: Engine, view: str, key: str, has_history: bool, paths: list[str]) -> None:
    """One row a local id; with a history, one row at any instant."""
    if not has_history:
        twice = (
            f"select count(*) from (select 1 from {quote(view)} group by {quote(key)} having count(*) > 1)"
        )
        what = _("{found} {found:value of|values of} {key} {found:stands|stand} twice.")
    else:
        twice = f"""
        select count(*) from (
            select
                valid_until,
                row_number() over history as place,
                count(*) over (partition by {quote(key)}) as places,
                lead(coalesce(valid_from, timestamptz '-infinity')) over history as next_from
            from {quote(view)}
            window history as (
                partition by {quote(key)}
                order by valid_from nulls first, valid_until nulls last
            )
        )
        where place < places and (valid_until is null or next_from < valid_until)"""
        what = _("{found} values of {key} have periods that overlap.")
    with reading(", ".join(paths)):
        found = engine.count(twice)
    if found:
        raise InputError(
            what,
            do=_("One row a {key}, or one at any time with valid_from and valid_until: correct the extract."),
            where=", ".join(paths),
            code="local_id_twice",
            found=found,
            key=key,
        )


def _originals(case: Case) -> list[str]:
    """The registries' own columns that the catalogue's replays may name, as they are or by a name of ours."""
    texts = [rule.replay for rule in case.catalogue.shows if rule.replay]
    named = {quoted or plain for text in texts for quoted, plain in _NAME.findall(text)}
    named |= {
        told.held_as if isinstance(told, ShownColumn) and told.held_as else column.rpartition(".")[2]
        for database in case.catalogue.databases
        for column, told in database.columns.items()
    }
    given = [columns for registry in case.settings.registries for columns in registry.columns.items()]
    theirs = {name for ours, name in given if ours in named and isinstance(name, str)}
    return sorted(named | theirs)
