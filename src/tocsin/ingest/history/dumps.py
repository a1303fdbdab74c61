# SPDX-License-Identifier: Apache-2.0
"""A copy that is a text dump (pg_dump, mysqldump, mariadb-dump), as rows of texts: cut, and never run.

A dump that is damaged, cut short or does not hold the table says nothing that can be trusted: it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from tocsin.core.errors import InputError, Sentence
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.read.inputs import Input
from tocsin.store.dumps.rows import MARKS, DumpRows
from tocsin.store.dumps.statements import HEAD, DamagedDump
from tocsin.store.engine import Engine
from tocsin.store.query import quote

_ENDINGS = (".sql", ".dump")
_ARCHIVE = b"PGDMP"


def is_dump(stream: Input) -> bool:
    """Whether a file is a dump, by its name and first bytes; raises InputError for pg_dump's own archive."""
    head = next(stream.blocks(), b"")[:HEAD]
    if head.startswith(_ARCHIVE):
        raise InputError(
            _("This is an archive of pg_dump, not a text."),
            do=_("Make a text of it: pg_restore --file=dump.sql, then name dump.sql."),
            where=stream.label,
            code="not_a_text",
        )
    name = (stream.member or stream.path.name).lower().removesuffix(".gz").removesuffix(".zst")
    return name.endswith(_ENDINGS) or (
        head.lstrip().startswith((b"--", b"/*")) and MARKS.search(head) is not None
    )


def load_dump(engine: Engine, stream: Input, table: str | None, into: str) -> None:
    """Keep a table of a dump as a table of texts; raises InputError for one that cannot be trusted."""
    dump = DumpRows(stream.blocks(), is_strict=True)
    chosen = _Chosen(table)
    loaded: list[str] = []
    try:
        for _name, batch in dump.batches(chosen.is_meant):
            _add(engine, into, batch, loaded)
    except DamagedDump as error:
        raise _unreadable(error, stream.label) from None
    if not dump.is_whole:
        raise InputError(
            _("This dump is cut short: its end is missing."),
            do=_("Dump the table again, or leave this copy out."),
            where=stream.label,
            code="cut_short",
        )
    name = chosen.only_one(dump.tables, stream.label)
    if not loaded:
        columns = dump.tables[name]
        if not columns:
            raise _unreadable(DamagedDump("no_columns", 0, name), stream.label)
        _add(engine, into, pa.table({column: pa.array([], pa.string()) for column in columns}), loaded)


class _Chosen:
    """Which table of a dump is meant: the one that is named, else the first that has rows."""

    def __init__(self, table: str | None) -> None:
        self._table = table
        self._first: str | None = None

    def is_meant(self, name: str) -> bool:
        if self._table is None:
            self._first = self._first or name
            return name == self._first
        return name == self._table or name.endswith(f".{self._table}")

    def only_one(self, names: Iterable[str], label: str) -> str:
        """The table meant; raises InputError when there is none, or more than one."""
        known = list(names)
        meant = known if self._table is None else [name for name in known if self.is_meant(name)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise _no_table(
                _("It is not said which table of this dump is meant."), suggest("", meant), label, ""
            )
        name = self._table or ""
        bare = list(dict.fromkeys(one.rpartition(".")[2] for one in known))
        raise _no_table(_("This dump has no table '{name}'."), suggest(name, bare), label, name)


def _add(engine: Engine, into: str, batch: pa.RecordBatch | pa.Table, loaded: list[str]) -> None:
    rows = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
    engine.register("dump_rows", rows)
    if not loaded:
        engine.create(into, "select * from dump_rows")
        loaded.extend(rows.column_names)
    else:
        for name in rows.column_names:
            if name not in loaded:
                engine.run(f"alter table {quote(into)} add column {quote(name)} varchar")
                loaded.append(name)
        engine.run(f"insert into {quote(into)} by name select * from dump_rows")
    engine.unregister("dump_rows")


def _no_table(what: str, do: Sentence, label: str, name: str) -> InputError:
    return InputError(what, do=do, where=label, code="no_table", name=name)


def _unreadable(error: DamagedDump, label: str) -> InputError:
    if error.reason == "no_columns":
        return InputError(
            _("This dump does not name the columns of '{name}'."),
            do=_("Dump the table again, with its CREATE TABLE."),
            where=label,
            code="no_columns",
            name=error.table,
        )
    return InputError(
        _("This dump cannot be read: the statement at byte {place} is damaged, or is none that a dump has."),
        do=_("Dump the table again, or leave this copy out."),
        where=label,
        code="unreadable",
        place=error.place,
    )
