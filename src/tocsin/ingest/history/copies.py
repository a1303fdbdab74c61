# SPDX-License-Identifier: Apache-2.0
"""Whole copies with their dates: extracts, dumps, backups. Each says what was so then, and who was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from tocsin.core.errors import InputError, Where
from tocsin.core.settings.inputs import HistorySettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.history.backups import is_backup, load_backup
from tocsin.ingest.history.dates import copied_at
from tocsin.ingest.history.dumps import is_dump, load_dump
from tocsin.ingest.history.said import PACKAGE, PRESENT, SEEN, Rebuilt, cells_sql
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.register_columns import instant_of_sql, register_sql
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

DATED = "copied_at"
"""The column of a copy that dates its rows, where one file holds several copies."""

STAMPS = ("created_at", "updated_at")
"""Columns in which a table itself says since when a row is there, and since when it is as it is."""


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
        **{ours: theirs for ours, theirs in history.columns.items() if ours not in (DATED, *STAMPS)},
    }
    is_extract = stream.path in rebuilt.extract
    column = None if is_extract else history.columns.get(DATED)
    stamps = {name: history.columns[name] for name in STAMPS if name in history.columns}
    _refuse_unknown(files, [*stamps.values(), *([] if column is None else [column])])
    ours = register_sql(files.select, rebuilt.shape, columns, files.types, rebuilt.zone, rebuilt.originals)
    if is_extract:
        # Its rows are there already, as source 0: their own dates alone are new.
        source, at, dated = 0, rebuilt.as_of, "$at::timestamptz"
    elif column is None:
        at, dated = copied_at(stream, history, rebuilt.zone), "$at::timestamptz"
    else:
        at, dated = None, instant_of_sql(column, files.types, rebuilt.zone)
    with reading(stream.label):
        own = "".join(
            f"{instant_of_sql(theirs, files.types, rebuilt.zone)} as {name}, "
            for name, theirs in stamps.items()
        )
        _refuse_undated(engine, files, stamps, rebuilt.zone)
        rows = ours.replace("select ", f"select {dated} as {DATED}, {own}", 1)
        label = None if is_extract else stream.label.rpartition("/")[2]
        return _add(engine, rebuilt, rows, source, label, at, stamps=list(stamps))


def _opened(engine: Engine, history: HistorySettings, stream: Input) -> RegisterFiles:
    if is_backup(stream):
        load_backup(engine, stream, history.table, "history_backup")
    elif is_dump(stream):
        load_dump(engine, stream, history.table, "history_backup")
    else:
        return open_files(engine, stream.path.parent, [stream.path.name])
    types = engine.rows("select column_name, column_type from (describe history_backup)")
    return RegisterFiles("history_backup", {str(n): str(kind) for n, kind in types}, stream.label)


def _add(
    engine: Engine,
    rebuilt: Rebuilt,
    rows: str,
    source: int,
    label: str | None,
    at: datetime | None,
    stamps: Sequence[str] = (),
) -> int:
    """Add cells and the copy's dates; gives the number of rows. Without a label, the stamps' cells alone."""
    binds = {} if at is None else {"at": at}
    engine.create("history_rows_seen", rows, **binds)
    _refuse(engine, rebuilt)
    _add_stamps(engine, rebuilt, stamps, source)
    if label is not None:
        _add_seen(engine, rebuilt, source, label, at, stamps)
    count = engine.count("select count(*) from history_rows_seen")
    engine.drop("history_rows_seen")
    return count


def _add_stamps(engine: Engine, rebuilt: Rebuilt, stamps: Sequence[str], source: int) -> None:
    """What the rows' own dates say: not there before `created_at`, as it is since `updated_at`.

    A date behind the copy's own says nothing.
    """
    for name in stamps:
        names = (PRESENT,) if name == STAMPS[0] else (*rebuilt.names, PRESENT)
        engine.create("history_stamped", cells_sql(rebuilt, "from history_rows_seen", names))
        told = load_query(PACKAGE, "created_stamps" if name == STAMPS[0] else "updated_stamps")
        engine.run(f"insert into history_said by name {told.sql}", source=source)
        engine.drop("history_stamped")


def _add_seen(
    engine: Engine, rebuilt: Rebuilt, source: int, label: str, at: datetime | None, stamps: Sequence[str]
) -> None:
    left = f" exclude ({', '.join(stamps)})" if stamps else ""
    engine.run(
        f"insert into history_said by name select *{left} rename ({DATED} as said_at),"
        f" {SEEN} as turn, 0 as place, false as is_change, {source} as source"
        f" from ({cells_sql(rebuilt, 'from history_rows_seen', (*rebuilt.names, PRESENT))})"
    )
    dates = engine.table(f"select distinct {DATED} as said_at from history_rows_seen")
    if not dates.num_rows and at is not None:
        dates = pa.table({"said_at": pa.array([at], pa.timestamp("us", "UTC"))})
    engine.register("history_dates", dates)
    engine.run(f"insert into history_copies select {source}, said_at, $label from history_dates", label=label)
    engine.unregister("history_dates")


def _refuse_unknown(files: RegisterFiles, names: Sequence[str | list[str]]) -> None:
    for name in names:
        for one in [name] if isinstance(name, str) else name:
            if one not in files.types:
                raise InputError(
                    _("There is no column '{name}'."),
                    do=suggest(one, list(files.types)),
                    code="no_column",
                    name=one,
                )


def _refuse_undated(
    engine: Engine, files: RegisterFiles, stamps: Mapping[str, str | list[str]], zone: str
) -> None:
    for name, theirs in stamps.items():
        one = theirs if isinstance(theirs, str) else theirs[0]
        wrong = engine.count(
            f"select count(*) from {files.select} where nullif(trim({quote(one)}::varchar), '') is not null"
            f" and {instant_of_sql(theirs, files.types, zone)} is null"
        )
        if wrong:
            raise _no_date(wrong, name)


def _no_date(count: int, name: str) -> InputError:
    return InputError(
        _("{count} {count:row has|rows have} a {name} that is no date."),
        do=_("Write dates as 2024-06-11, 11/06/2024 or 2024-06-11T10:00:00+02:00."),
        code="no_date",
        count=count,
        name=name,
    )


def _refuse(engine: Engine, rebuilt: Rebuilt) -> None:
    """A copy in which a local id has no row of its own, or no date, says nothing that can be trusted."""
    key = quote(rebuilt.key)
    [(undated, nameless)] = engine.rows(
        f"select count(*) filter (where {DATED} is null), count(*) filter (where {key} is null)"
        " from history_rows_seen"
    )
    if undated:
        raise _no_date(int(str(undated)), DATED)
    if nameless:
        raise InputError(
            _("{missing} {missing:row has|rows have} no {key}."),
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
            _("{found} {found:value of|values of} {key} {found:stands|stand} twice."),
            do=_("One row a {key} in each copy: correct it, or leave it out."),
            code="local_id_twice",
            found=twice,
            key=rebuilt.key,
        )
