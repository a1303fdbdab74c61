# SPDX-License-Identifier: Apache-2.0
"""A database as its statements see it: tables of registries and records, views and functions, categories.

Names are compared without case: databases fold them, each in its own way. Nothing is read from rows here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings, Catalogue
from tocsin.core.settings.catalogue import Database, ShownColumn, ViewDefinition
from tocsin.core.settings.databases import OF_OURS
from tocsin.core.tables import TABLES
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.scope.replay.rewritten import View, json_path, views_of
from tocsin.store.query import literal, quote

T = TypeVar("T")
NOBODY = "nobody"
"""Said of a table that holds no person's data, and of which the case has no rows."""

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "instant": "TIMESTAMP WITH TIME ZONE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class BaseColumn:
    """A column of a table."""

    name: str
    value: str
    """It, over a row of `registry` or `records`: SQL."""

    kind: str | None
    """Its type, where the case or the catalogue tells; else what the rows hold."""

    categories: tuple[str, ...]
    encrypted: bool
    is_key: bool
    """It is the local id of the person or the record."""


@dataclass(frozen=True, slots=True)
class BaseTable:
    """A table of the database."""

    name: str
    stored: str
    """The engine's table that holds its rows."""

    view: View | None
    """Null for a table of nobody's data."""

    columns: Mapping[str, BaseColumn]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """One version of a view."""

    definition: ViewDefinition
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Schema:
    """One [[databases]]."""

    settings: Database
    tables: Mapping[str, BaseTable]
    views: Mapping[str, tuple[SchemaView, ...]]
    decrypts: frozenset[str]

    @property
    def categories(self) -> tuple[str, ...]:
        """Of all columns, in order; a category's place is its bit."""
        named = {
            c
            for table in self.tables.values()
            for column in table.columns.values()
            for c in column.categories
        }
        return tuple(sorted({*named, Category.UNDETERMINED.value}))

    @property
    def compares(self) -> str:
        """How texts are compared: what the catalogue says, else what the dialect usually does."""
        usual = "nocase" if self.settings.dialect in ("mysql", "tsql") else "binary"
        return self.settings.compares or usual

    @property
    def is_sure_of_texts(self) -> bool:
        """Whether the way that texts are compared was said, or is the only one."""
        return self.settings.compares is not None or self.settings.dialect not in ("mysql", "tsql")

    def table(self, name: str) -> BaseTable | None:
        """A table by its name, with its schema or without."""
        return _named(self.tables, name)

    def view(self, name: str) -> tuple[SchemaView, ...]:
        """The versions of a view or function; none when there is no such."""
        return _named(self.views, name) or ()


def _named(known: Mapping[str, T], name: str) -> T | None:
    """What a name means, with its schema or without; null when two schemas have it."""
    folded = name.lower()
    last = folded.rpartition(".")[2]
    if folded in known or last in known:
        return known.get(folded) or known[last]
    alike = [one for full, one in known.items() if folded == last and full.rpartition(".")[2] == last]
    return alike[0] if len(alike) == 1 else None


def schemas_of(catalogue: Catalogue, settings: CaseSettings) -> dict[str, Schema]:
    """The databases of a catalogue, by name.

    Raises InputError for a table that is neither a registry, records nor nobody's, and for a column of a
    table that is not there.
    """
    views = views_of(settings)
    where = settings.catalogue.path if settings.catalogue else None
    return {
        database.name: _schema(number, database, views, where)
        for number, database in enumerate(catalogue.databases)
    }


def _schema(number: int, database: Database, views: Mapping[str, View], where: str | None) -> Schema:
    tables = {
        name.lower(): _table(f"sql_{number}_{place}", name, said, database, views, where)
        for place, (name, said) in enumerate(database.tables.items())
    }
    for column in database.columns:
        if column.rpartition(".")[0].lower() not in tables:
            raise InputError(
                _("The database '{name}' has the column '{column}' of a table that it does not name."),
                do=_("Write it as table.column, and the table under `tables`."),
                where=where,
                code="bad_database",
                name=database.name,
                column=column,
            )
    return Schema(
        database, tables, _views(database.views), frozenset(name.lower() for name in database.decrypts)
    )


def _table(
    stored: str, name: str, said: str, database: Database, views: Mapping[str, View], where: str | None
) -> BaseTable:
    kind, _sep, held = said.partition(":")
    view = views.get(held)
    of_kind = view is not None and view.table == {"registry": "registry", "records": "records"}.get(kind)
    if said != NOBODY and not of_kind:
        raise InputError(
            _("The database '{name}' has the table '{table}' as '{said}', which the case does not have."),
            do=_("Write registry:<name>, records:<name> or nobody."),
            where=where,
            code="bad_database",
            name=database.name,
            table=name,
            said=said,
        )
    shown = {
        column.rpartition(".")[2]: told
        for column, told in database.columns.items()
        if column.rpartition(".")[0].lower() == name.lower()
    }
    return BaseTable(name, stored, view, _columns(view, shown))


def _columns(view: View | None, shown: Mapping[str, list[str] | ShownColumn]) -> dict[str, BaseColumn]:
    if view is None:
        return {}
    given = {
        theirs.lower(): ours for ours, theirs in view.given.items() if isinstance(theirs, str) and theirs
    }
    names = {
        name.lower(): name for name in (*(n for n in view.given.values() if isinstance(n, str) and n), *shown)
    }
    return {folded: _column(name, view, given, shown.get(name)) for folded, name in names.items()}


def _column(
    name: str, view: View, given: Mapping[str, str], told: list[str] | ShownColumn | None
) -> BaseColumn:
    said = told if isinstance(told, ShownColumn) else ShownColumn(categories=told or [])
    held = said.held_as or name
    ours = given.get(held.lower()) or (held if held in view.given else None)
    if told is None:
        categories = OF_OURS.get(ours or "", (Category.UNDETERMINED.value,))
    else:
        categories = tuple(said.categories)
    types = {c.name: c.type for c in TABLES[view.table].columns}
    if ours is not None and ours in types:
        value, kind = quote(ours), types[ours]
    else:
        value, kind = f"original->>{literal(json_path(held))}", None
    key = "person" if view.table == "registry" else "record"
    declared = TYPES[said.type] if said.type else None
    return BaseColumn(name, value, declared or kind, categories, said.encrypted, ours == key)


def _views(definitions: Sequence[ViewDefinition]) -> dict[str, tuple[SchemaView, ...]]:
    named: dict[str, list[ViewDefinition]] = {}
    for definition in definitions:
        named.setdefault(definition.name.lower(), []).append(definition)
    return {name: _versions(versions) for name, versions in named.items()}


def _versions(definitions: Sequence[ViewDefinition]) -> tuple[SchemaView, ...]:
    ordered = sorted(
        definitions, key=lambda one: (one.since is not None, one.since.timestamp() if one.since else 0)
    )
    ends = [following.since for following in ordered[1:]]
    return tuple(SchemaView(one, until) for one, until in zip(ordered, [*ends, None], strict=True))
