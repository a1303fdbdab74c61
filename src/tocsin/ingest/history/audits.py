# SPDX-License-Identifier: Apache-2.0
"""Audit rows: what a column held until an instant, and from then on; one row a change, as triggers do."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.errors import InputError, Where
from tocsin.core.settings.inputs import HistorySettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.history.said import BEFORE, OF_THEIRS, PRESENT, TOLD, Rebuilt, cells_sql
from tocsin.ingest.register_columns import instant_of_sql, register_sql
from tocsin.ingest.register_files import open_files, reading
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query, quote

PACKAGE = "tocsin.ingest.history"


def read_audit(engine: Engine, rebuilt: Rebuilt, history: HistorySettings, source: int) -> None:
    """Add what audit rows tell; make `history_fates`. Raises InputError for a column that is not there."""
    files = open_files(engine, rebuilt.folder, history.paths)
    theirs = {ours: _one(name) for ours, name in history.columns.items()}
    for name in theirs.values():
        if name not in files.types:
            raise InputError(
                _("There is no column '{name}'."),
                do=suggest(name, list(files.types)),
                where=Where(files.where),
                code="no_column",
                name=name,
            )
    told = _told(rebuilt)
    with reading(files.where):
        engine.create("audit_rows", _rows_sql(files.select, files.types, theirs, rebuilt.zone))
        engine.create(
            "history_fates", load_query(PACKAGE, "audit_fates"), told=sorted(told), table=history.table
        )
        for turn, side in ((BEFORE, "old"), (TOLD, "new")):
            engine.run(f"insert into history_said by name {_cells_sql(rebuilt, told, turn, side, source)}")
    engine.run("insert into history_said by name " + load_query(PACKAGE, "audit_presence").sql, source=source)
    _add_streams(engine, history, [*told.values()])
    engine.drop("audit_rows")


def _told(rebuilt: Rebuilt) -> dict[str, str]:
    """Columns of theirs whose changes can be told, and what they are of ours.

    A column of ours that is put together of several of theirs cannot be told by one of them.
    """
    originals = {name.removeprefix(OF_THEIRS): name for name in rebuilt.names if name.startswith(OF_THEIRS)}
    ours = {
        theirs: name
        for name, theirs in rebuilt.columns.items()
        if name in rebuilt.names and isinstance(theirs, str)
    }
    return {**originals, **ours}


def _one(name: str | list[str]) -> str:
    return name if isinstance(name, str) else name[0]


def _rows_sql(select: str, types: Mapping[str, str], theirs: Mapping[str, str], zone: str) -> str:
    texts = [
        f"nullif(trim({quote(theirs[name])}::varchar), '') as {quote(name)}"
        if name in theirs
        else f"null::varchar as {quote(name)}"
        for name in ("key", "column", "table", "action")
    ]
    sides = [f"{quote(theirs[side])}::varchar as {quote(side)}" for side in ("old", "new")]
    at = f"{instant_of_sql(theirs['at'], types, zone)} as said_at"
    return f"select {', '.join([*texts, *sides, at])}, row_number() over () as place from {select}"


def _cells_sql(rebuilt: Rebuilt, told: Mapping[str, str], turn: int, side: str, source: int) -> str:
    """One side of the changes, each value read as the table's own column of that name is."""
    key = _one(rebuilt.columns[rebuilt.key])
    used = sorted(
        {
            name
            for names in rebuilt.columns.values()
            for name in ([names] if isinstance(names, str) else names)
        }
        | set(told)
    )
    wide = ", ".join(
        f'case when "column" = {literal(name)} then {quote(side)} end as {quote(name)}'
        for name in used
        if name != key
    )
    rows = (
        f"(select *, key as {quote(key)}{', ' + wide if wide else ''} from history_fates where fate = 'told')"
    )
    ours = register_sql(
        rows,
        rebuilt.shape,
        rebuilt.columns,
        dict.fromkeys([*used, key], "VARCHAR"),
        rebuilt.zone,
        rebuilt.originals,
    ).replace("select ", 'select said_at as told_at, place as told_place, "column" as told_column, ', 1)
    names = ", ".join(f"({literal(theirs)}, {literal(name)})" for theirs, name in told.items())
    return (
        f"select c.key, c.name, c.told_at as said_at, {turn} as turn, c.told_place as place,\n"
        f"    {'true' if turn == TOLD else 'false'} as is_change, c.value,\n"
        f"    case when starts_with(c.name, '{OF_THEIRS}') then c.alike end as alike, {source} as source\n"
        f"from ({cells_sql(rebuilt, ours, list(told.values()))}) as c\n"
        f"inner join (values {names}) as n(theirs, name) on n.theirs = c.told_column and n.name = c.name"
    )


def _add_streams(engine: Engine, history: HistorySettings, names: list[str]) -> None:
    """Every change of the columns that the rows name was told; of who is there, where rows tell that."""
    period = history.period
    engine.run(
        "insert into history_streams " + load_query(PACKAGE, "audit_streams").sql,
        names=history.tells or names,
        present=PRESENT,
        since=None if period is None else period.from_,
        until=None if period is None else period.until,
    )
