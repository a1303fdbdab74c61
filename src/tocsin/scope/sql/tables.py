# SPDX-License-Identifier: Apache-2.0
"""The tables of a database as the case has them: one row per version, under the names that statements use.

Columns of ours have our types; of theirs, those that their rows have (numbers and yes or no of Parquet and
JSON, else texts), or that the catalogue says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.scope.sql.schema import BaseColumn, BaseTable, Schema
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

NUMBERS = {"UBIGINT", "BIGINT", "DOUBLE"}


def store_tables(engine: Engine, schema: Schema) -> dict[tuple[str, str], str]:
    """Make each table's `stored`; gives the type of each column that has one."""
    kinds: dict[tuple[str, str], str] = {}
    for table in schema.tables.values():
        if table.view is None:
            continue
        found = _column_kinds(engine, table)
        engine.create(table.stored, table_sql(table, found))
        kinds.update({(table.stored, name): kind for name, kind in found.items()})
    return kinds


def create_moments(engine: Engine, tables: Iterable[BaseTable]) -> None:
    """Make `sql_moments`: between two of them no row of any table begins or ends to hold."""
    parts = [
        f"select {bound} as held_from from {quote(table.stored)} where {bound} is not null"
        for table in tables
        if table.view is not None
        for bound in ("__from", "__until")
    ]
    empty = "select null::timestamptz as held_from where false"
    engine.create(
        "sql_moments",
        f"select distinct held_from from ({' union all '.join([*parts, empty])}) order by held_from",
    )


def table_sql(table: BaseTable, kinds: dict[str, str]) -> str:
    """The rows of a table: hidden columns first, then its own."""
    assert table.view is not None  # noqa: S101  # a table of nobody has no rows
    is_registry = table.view.table == "registry"
    named = literal(table.view.name)
    record = (
        "null::varchar as __type, null::varchar as __record"
        if is_registry
        else "record_type as __type, record as __record"
    )
    columns = "".join(
        f",\n    {_value_sql(column, kinds[name])} as {quote(name)}"
        for name, column in table.columns.items()
        if name in kinds
    )
    return (
        "select row_number() over () as __row, registry as __registry, person as __person,\n"
        f"    {record}, valid_from as __from, valid_until as __until,\n"
        "    doubts as __doubts, coalesce(stands_in, false) as __stands_in"
        f"{columns}\n"
        f"from {table.view.table} where {'registry' if is_registry else 'record_type'} = {named}"
    )


def _value_sql(column: BaseColumn, kind: str) -> str:
    return (
        column.value
        if column.kind == kind and "->>" not in column.value
        else f"try_cast({column.value} as {kind})"
    )


def _column_kinds(engine: Engine, table: BaseTable) -> dict[str, str]:
    """The types of the columns that the case's rows have; a column that no row has, has none."""
    assert table.view is not None  # noqa: S101  # a table of nobody has no rows
    kinds = {name: c.kind or "VARCHAR" for name, c in table.columns.items() if "->>" not in c.value}
    theirs = [(name, c) for name, c in table.columns.items() if "->>" in c.value]
    if not theirs:
        return kinds
    key = "registry" if table.view.table == "registry" else "record_type"
    asked = ", ".join(f"list(distinct json_type({c.value.replace('->>', '->', 1)}))" for _name, c in theirs)
    rows = engine.rows(f"select {asked} from {table.view.table} where {key} = {literal(table.view.name)}")
    for (name, column), found in zip(theirs, rows[0], strict=True):
        held = sorted(str(kind) for kind in (found if isinstance(found, list) else []) if kind is not None)
        if held:
            kinds[name] = column.kind or _kind_of(held)
    texts = [(name, c) for name, c in theirs if c.kind is None and kinds.get(name) == "VARCHAR"]
    of_table = f"from {table.view.table} where {key} = {literal(table.view.name)}"
    kinds.update(dict.fromkeys(_whole_numbers(engine, texts, of_table), "BIGINT"))
    return kinds


def _whole_numbers(engine: Engine, columns: Sequence[tuple[str, BaseColumn]], rows: str) -> list[str]:
    """The columns of texts (CSV) that hold whole numbers as one writes them, of several lengths."""
    if not columns:
        return []
    asked = ", ".join(
        f"coalesce(bool_and(coalesce(cast(try_cast({c.value} as bigint) as varchar) = {c.value}, false))\n"
        f"    filter (where {c.value} is not null) and count(distinct length({c.value})) > 1, false)"
        for _name, c in columns
    )
    found = engine.rows(f"select {asked} {rows}")[0]
    return [name for (name, _column), is_whole in zip(columns, found, strict=True) if is_whole]


def _kind_of(held: list[str]) -> str:
    real = [kind for kind in held if kind != "NULL"]
    if real and set(real) <= NUMBERS:
        return "DOUBLE" if "DOUBLE" in real else "BIGINT"
    return "BOOLEAN" if real == ["BOOLEAN"] else "VARCHAR"
