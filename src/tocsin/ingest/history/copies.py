# SPDX-License-Identifier: Apache-2.0
"""Whole copies with their dates: extracts, dumps, backups. Each says what was so then, and who was there."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from tocsin.core.errors import InputError, Where
from tocsin.core.settings.case import HistorySettings
from tocsin.core.words import _
from tocsin.ingest.history.backups import is_backup, load_backup
from tocsin.ingest.history.dates import copied_at
from tocsin.ingest.history.said import PRESENT, SEEN, Rebuilt, cells_sql
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.register_columns import instant_of_sql, register_sql
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.store.engine import Engine
from tocsin.store.query import quote

DATED = "copied_at"
"""The column of a copy that dates its rows, where one file holds several copies."""


def read_extract(engine: Engine, rebuilt: Rebuilt, view: str, at: datetime) -> None:
    """Add what the table's own extract shows, as the copy of its date; it is source 0."""
    _add(engine, rebuilt, f"select *, $at::timestamptz as {DATED} from {quote(view)}", 0, rebuilt.name, at)


def read_copies(engine: Engine, rebuilt: Rebuilt, history: HistorySettings, source: int) -> int:
    """Add what each copy shows; gives their rows. Raises InputError for a copy without a date or a key."""
    rows = 0
    for stream in find_inputs(history.paths, rebuilt.folder):
        try:
            rows += _read_copy(engine, rebuilt, history, stream, source)
        except InputError as error:
            error.where = error.where if error.where.file else Where(stream.label)
            raise
    return rows


def _read_copy(engine: Engine, rebuilt: Rebuilt, history: HistorySettings, stream: Input, source: int) -> int:
    files = _opened(engine, history, stream)
    columns = {
        **rebuilt.columns,
        **{ours: theirs for ours, theirs in history.columns.items() if ours != DATED},
    }
    column = history.columns.get(DATED)
    ours = register_sql(files.select, rebuilt.shape, columns, files.types, rebuilt.zone, rebuilt.originals)
    if column is None:
        at, dated = copied_at(stream, history, rebuilt.zone), "$at::timestamptz"
    else:
        at, dated = None, instant_of_sql(column, files.types, rebuilt.zone)
    with reading(stream.label):
        label = stream.label.rpartition("/")[2]
        return _add(
            engine, rebuilt, ours.replace("select ", f"select {dated} as {DATED}, ", 1), source, label, at
        )


def _opened(engine: Engine, history: HistorySettings, stream: Input) -> RegisterFiles:
    if not is_backup(stream):
        return open_files(engine, stream.path.parent, [stream.path.name])
    load_backup(engine, stream, history.table, "history_backup")
    types = engine.rows("select column_name, column_type from (describe history_backup)")
    return RegisterFiles("history_backup", {str(n): str(kind) for n, kind in types}, stream.label)


def _add(engine: Engine, rebuilt: Rebuilt, rows: str, source: int, label: str, at: datetime | None) -> int:
    """Add cells and the copy's dates; gives the number of rows."""
    binds = {} if at is None else {"at": at}
    engine.create("history_rows_seen", rows, **binds)
    _refuse(engine, rebuilt)
    engine.run(
        f"insert into history_said by name select * rename ({DATED} as said_at),"
        f" {SEEN} as turn, 0 as place, false as is_change, {source} as source"
        f" from ({cells_sql(rebuilt, 'from history_rows_seen', (*rebuilt.names, PRESENT))})"
    )
    dates = engine.table(f"select distinct {DATED} as said_at from history_rows_seen")
    if not dates.num_rows and at is not None:
        dates = pa.table({"said_at": pa.array([at], pa.timestamp("us", "UTC"))})
    engine.register("history_dates", dates)
    engine.run(f"insert into history_copies select {source}, said_at, $label from history_dates", label=label)
    engine.unregister("history_dates")
    count = engine.count("select count(*) from history_rows_seen")
    engine.drop("history_rows_seen")
    return count


def _refuse(engine: Engine, rebuilt: Rebuilt) -> None:
    """A copy in which a local id has no row of its own, or no date, says nothing that can be trusted."""
    key = quote(rebuilt.key)
    [(undated, nameless)] = engine.rows(
        f"select count(*) filter (where {DATED} is null), count(*) filter (where {key} is null)"
        " from history_rows_seen"
    )
    if undated:
        raise InputError(
            _("{count} rows have a {name} that is no date."),
            do=_("Write dates as 2024-06-11, 11/06/2024 or 2024-06-11T10:00:00+02:00."),
            code="no_date",
            count=int(str(undated)),
            name=DATED,
        )
    if nameless:
        raise InputError(
            _("{missing} rows have no {key}."),
            do=_("Complete them or take them out."),
            code="no_key",
            missing=int(str(nameless)),
            key=rebuilt.key,
        )
    twice = engine.count(
        f"select count(*) from (select 1 from history_rows_seen group by {key}, {DATED} having count(*) > 1)"
    )
    if twice:
        raise InputError(
            _("{found} values of {key} stand twice."),
            do=_("One row a {key} in each copy: correct it, or leave it out."),
            code="local_id_twice",
            found=twice,
            key=rebuilt.key,
        )
