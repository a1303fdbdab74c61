# SPDX-License-Identifier: Apache-2.0
"""Who treats whom: appointments, care teams, billing… read into `relations`, with what is odd counted.

Relations come from many systems and are never clean: a row that cannot be used is left out and counted, and
an unknown person or account stands as it is. Only a file that is no table is refused.
"""

from __future__ import annotations

from tocsin.core.errors import InputError, Sentence, SettingsError, Where
from tocsin.core.settings.case import RelationSettings
from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.ingest.register_columns import RELATION_COLUMNS, Shape, register_sql, unread_instants_sql
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.ingest"
WHO = ("account", "professional_id", "organisation")

_SAID = {
    "no_person": _("{rows} relations name no person: left out."),
    "nobody": _("{rows} relations name no account, professional or organisation: left out."),
    "no_date": _("{rows} relations have a date that cannot be read: left out."),
    "backwards": _("{rows} relations end before they begin: left out."),
    "twice": _("{rows} relations stand twice: counted once."),
    "overlapping": _("{rows} relations overlap an earlier one of the same person: all hold."),
    "unknown_person": _("{rows} relations name a person that no registry has."),
    "unknown_account": _("{rows} relations name an account, professional or organisation unknown here."),
}


def write_relations(stage: Stage) -> None:
    """Write `relations` and `relation_facts`; the registers of this run must be written.

    Raises SettingsError for columns that say nothing, InputError for a file that is no table.
    """
    settings = stage.case.settings.relations
    for name in ("registry", "accounts"):
        stage.attach_written(name)
    empty = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in TABLES["relations"].columns)
    stage.engine.create("relation_rows", f"select {empty}, null::varchar as fate where false")
    for relation in settings:
        _read(stage.engine, stage.case, relation)
    stage.write("relations", "select * exclude (fate) from relation_rows where fate = 'kept'")
    stage.write("relation_facts", load_query(PACKAGE, "relation_facts"))
    stage.engine.drop("relation_rows")


def relation_warnings(case: Case) -> list[tuple[str, Sentence, str]]:
    """What is odd in the committed relations: (code, text, [[relations]])."""
    with case.engine("relation_facts") as engine:
        rows = engine.rows('select relations, fact, "rows" from relation_facts order by relations, fact')
    return [
        ("relations", Sentence(_SAID[str(fact)], {"rows": int(str(count))}), str(name))
        for name, fact, count in rows
        if fact in _SAID
    ]


def _read(engine: Engine, case: Case, relation: RelationSettings) -> None:
    """Add the rows of one [[relations]] to `relation_rows`, each with its fate."""
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
    with reading(files.where):
        engine.create("relation_source", ours)
    fated = load_query(PACKAGE, "relation_fates").sql
    engine.run(
        f"insert into relation_rows by name {fated}",
        relations=relation.name,
        registry=relation.registry or _only_registry(case),
        days=relation.days_around if "until" not in relation.columns else None,
    )
    engine.drop("relation_source")


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
