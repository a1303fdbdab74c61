# SPDX-License-Identifier: Apache-2.0
"""Who treats whom: appointments, care teams, billing… read into `relations`, with what is odd counted.

Relations come from many systems and are never clean: a row that cannot be used is left out and counted, and
an unknown person or account stands as it is. Only a file that is no table is refused.
"""

from __future__ import annotations

from tocsin.core.errors import InputError, SettingsError, Where
from tocsin.core.settings.inputs import RelationSettings
from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.ingest.care.kinds import kind_of_relations
from tocsin.ingest.care.told import read_messages
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.register_columns import RELATION_COLUMNS, Shape, register_sql, unread_instants_sql
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.ingest"
WHO = ("account", "professional_id", "organisation")


def write_relations(stage: Stage) -> None:
    """Write `relations` and `relation_facts`; the registers of this run must be written.

    Raises SettingsError for columns that say nothing, InputError for a file that is no table.
    """
    settings = stage.case.settings.relations
    for name in ("registry", "accounts"):
        stage.attach_written(name)
    empty = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in TABLES["relations"].columns)
    stage.engine.create("relation_rows", f"select {empty}, null::varchar as fate where false")
    told = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in TABLES["relation_messages"].columns)
    stage.engine.create("told_fates", f"select {told} where false")
    for relation in settings:
        _read(stage.engine, stage.case, relation)
    stage.write("relations", "select * exclude (fate) from relation_rows where fate = 'kept'")
    stage.write("relation_facts", load_query(PACKAGE, "relation_facts"))
    stage.write("relation_messages", "select * from told_fates")
    for name in ("relation_rows", "told_fates"):
        stage.engine.drop(name)


def _read(engine: Engine, case: Case, relation: RelationSettings) -> None:
    """Add the rows of one [[relations]] to `relation_rows`, each with its fate."""
    inputs = find_inputs(relation.paths, case.folder)
    kind = relation.format or kind_of_relations(inputs)
    days: int | None = None
    if kind == "table":
        days = relation.days_around if "until" not in relation.columns else None
        _read_table(engine, case, relation)
    else:
        zone = case.settings.case.zone
        read_messages(engine, relation, kind, inputs, case.settings.registries, zone)
        engine.run(
            "insert into told_fates by name select $relations as relations, * from message_fates",
            relations=relation.name,
        )
        engine.drop("message_fates")
    fated = load_query(PACKAGE, "relation_fates").sql
    engine.run(
        f"insert into relation_rows by name {fated}",
        relations=relation.name,
        days=days,
        cancelled=relation.cancelled,
    )
    engine.drop("relation_source")


def _read_table(engine: Engine, case: Case, relation: RelationSettings) -> None:
    """Make `relation_source` of people's table."""
    if not set(WHO) & set(relation.columns):
        raise SettingsError(
            _("[[relations]] '{name}' does not say who treats the person."),
            do=_("Give it a column account, professional_id or organisation."),
            code="no_key",
            name=relation.name,
        )
    files = open_files(engine, case.folder, relation.paths)
    try:
        ours = _ours_sql(relation, files, case.settings.case.zone)
    except InputError as error:
        error.where = error.where if error.where.file else Where(files.where)
        raise
    registry = relation.registry or _only_registry(case)
    with reading(files.where):
        engine.create(
            "relation_source", f"select *, $registry::varchar as registry from ({ours})", registry=registry
        )


def _ours_sql(relation: RelationSettings, files: RegisterFiles, zone: str) -> str:
    """Columns of ours from theirs, and whether one of a row's dates cannot be read."""
    ours = register_sql(
        files.select, Shape(RELATION_COLUMNS, "person"), relation.columns, files.types, zone, []
    )
    unread = unread_instants_sql(relation.columns, files.types, zone)
    bad = " or ".join(f"({test})" for test in unread.values()) or "false"
    return ours.replace("select ", f'select coalesce({bad}, false) as "a date is unread", ', 1)


def _only_registry(case: Case) -> str | None:
    names = [registry.name for registry in case.settings.registries]
    return names[0] if len(names) == 1 else None
