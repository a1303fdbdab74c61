# SPDX-License-Identifier: Apache-2.0
"""The past of one registry or table of records, rebuilt from its extract and all that its [[history]] say.

Every step is one query over all local ids; what was told is held against each copy before it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.errors import InputError, Where
from tocsin.core.settings.inputs import HistorySettings, RecordSettings, RegistrySettings
from tocsin.core.tables import TABLES
from tocsin.core.tables.past import PAST_TABLES
from tocsin.core.words import _
from tocsin.ingest.history.audits import read_audit
from tocsin.ingest.history.copies import read_copies, read_extract
from tocsin.ingest.history.kinds import kind_of_history
from tocsin.ingest.history.messages import read_archive
from tocsin.ingest.history.said import OF_THEIRS, PACKAGE, Rebuilt, start_said
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.register_columns import ADDRESS_PARTS, Shape
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query, quote

_SPENT = (
    "history_said",
    "history_copies",
    "history_streams",
    "history_runs",
    "history_cells",
    "history_spans",
    "history_rows",
)


AS_GIVEN = ("controller", "family_name", "used_name", "given_names", "birth_place", "phone", "email")
"""Columns of ours that are texts as the extract has them."""


def start_histories(engine: Engine) -> None:
    """Make the empty tables that each rebuilt table adds to: `histories_now` and the others."""
    for table in PAST_TABLES:
        columns = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in table.columns)
        engine.create(f"{table.name}_now", f"select {columns} where false")


def write_histories(stage: Stage) -> None:
    """Write what the rebuilt tables added."""
    for table in PAST_TABLES:
        columns = ", ".join(quote(name) for name in table.column_names)
        stage.write(table.name, f"select {columns} from {table.name}_now")
        stage.engine.drop(f"{table.name}_now")


def rebuild(
    engine: Engine,
    case: Case,
    settings: RegistrySettings | RecordSettings,
    shape: Shape,
    originals: Sequence[str],
    view: str,
) -> str:
    """The relation to read instead of the extract `view`: with its past, if any [[history]] tells it."""
    histories = [one for one in case.settings.history if one.of == settings.name]
    if not histories or settings.as_of is None:
        return view
    rebuilt = _described(engine, case, settings, shape, originals, view, settings.as_of)
    start_said(engine)
    read_extract(engine, rebuilt, view, settings.as_of)
    for number, history in enumerate(histories, start=1):
        _read(engine, rebuilt, history, number)
    engine.create("history_runs", load_query(PACKAGE, "history_runs"))
    engine.create("history_cells", load_query(PACKAGE, "history_cells"))
    engine.create("history_spans", load_query(PACKAGE, "history_spans"))
    engine.create(
        "history_rows",
        load_query(PACKAGE, "history_rows"),
        names=list(rebuilt.names),
        key=rebuilt.key,
        twins=[f"{ours}\t{theirs}" for theirs, ours in rebuilt.twins.items()],
    )
    found = f"{view}, rebuilt"
    engine.create(found, _rows_sql(rebuilt))
    for name in ("histories", "history_errors"):
        engine.run(f"insert into {name}_now by name {load_query(PACKAGE, _TOLD[name]).sql}", of=rebuilt.name)
    for name in _SPENT:
        engine.drop(name)
    return found


_TOLD = {"histories": "history_span", "history_errors": "history_errors"}


def _described(
    engine: Engine,
    case: Case,
    settings: RegistrySettings | RecordSettings,
    shape: Shape,
    originals: Sequence[str],
    view: str,
    as_of: datetime,
) -> Rebuilt:
    """What is known of the table before anything is read of its past."""
    given = set(settings.columns) | ({"address"} if set(ADDRESS_PARTS) & set(settings.columns) else set())
    given |= {"ins_oid"} if "ins" in given else set()
    ours = [name for name in shape.known if name in given and name != shape.key and name not in ADDRESS_PARTS]
    held = engine.value(f"select json_keys(original) from {quote(view)} where original is not null limit 1")
    extra = [str(name) for name in (held if isinstance(held, list) else [])]
    given_as = {theirs: name for name, theirs in settings.columns.items() if isinstance(theirs, str)}
    twins = {name: given_as[name] for name in extra if given_as.get(name) in (*AS_GIVEN, shape.key)}
    theirs = [f"{OF_THEIRS}{name}" for name in extra if name not in twins]
    return Rebuilt(
        settings.name,
        TABLES["registry" if shape.key == "person" else "records"],
        shape,
        settings.columns,
        (*ours, *theirs),
        twins,
        originals,
        case.settings.case.zone,
        case.folder,
        case.settings.registries,
        frozenset(one.path for one in find_inputs(settings.paths, case.folder)),
        as_of,
    )


def _read(engine: Engine, rebuilt: Rebuilt, history: HistorySettings, number: int) -> None:
    """Add what one [[history]] says, and count what became of it."""
    kind = kind_of_history(history, find_inputs(history.paths, rebuilt.folder))
    if kind == "hl7v2" and rebuilt.key != "person":
        raise InputError(
            _("Messages tell of persons: '{name}' is a table of records."),
            do=_("Give it copies or audit rows."),
            where=Where(", ".join(history.paths)),
            code="bad_format",
            name=history.of,
        )
    binds = {"of": history.of, "history": history.name}
    if kind == "copies":
        rows = read_copies(engine, rebuilt, history, number)
        engine.run(
            "insert into history_facts_now values ($of, $history, 'told', 'copy', $rows)", rows=rows, **binds
        )
        return
    (read_audit if kind == "audit" else read_archive)(engine, rebuilt, history, number)
    counted = load_query(PACKAGE, "audit_counts" if kind == "audit" else "message_counts")
    engine.run(f"insert into history_facts_now by name {counted.sql}", **binds)
    engine.drop("history_fates")


def _rows_sql(rebuilt: Rebuilt) -> str:
    """The rows in the table's own columns and types."""
    selected = [f"key as {quote(rebuilt.key)}"]
    for column in rebuilt.table.columns:
        if column.name in rebuilt.shape.known and column.name not in (
            rebuilt.key,
            "valid_from",
            "valid_until",
        ):
            said = f"said[{literal(column.name)}]" if column.name in rebuilt.names else "null"
            selected.append(f"try_cast({said} as {column.type}) as {quote(column.name)}")
    theirs = [name for name in rebuilt.names if name.startswith(OF_THEIRS)]
    held = [f"{literal(name.removeprefix(OF_THEIRS))}, {_json_sql(name)}" for name in theirs]
    held += [
        f"{literal(name)}, {'key' if ours == rebuilt.key else f'said[{literal(ours)}]'}"
        for name, ours in rebuilt.twins.items()
    ]
    pairs = ", ".join(held)
    selected.append(f"{f'json_object({pairs})::varchar' if held else 'null::varchar'} as original")
    return f"select {', '.join(selected)}, valid_from, valid_until, doubts, stands_in from history_rows"


def _json_sql(name: str) -> str:
    """Of a copy the value is JSON already; what an audit row alone tells is a text."""
    said = f"said[{literal(name)}]"
    return f"case when json_valid({said}) then {said}::json else to_json({said}) end"
