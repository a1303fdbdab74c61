# SPDX-License-Identifier: Apache-2.0
"""What holds between a catalogue's rules and its databases."""

from __future__ import annotations

import msgspec

from tocsin.core.settings.catalogue import Catalogue, Database, Rule, ShownColumn
from tocsin.core.settings.checks import Settings
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _


def check_databases(read: Settings, catalogue: Catalogue) -> None:
    """Raise SettingsError for a category or database that does not exist, or a rule that says two things."""
    known = [category.value for category in Category]
    for number, database in enumerate(catalogue.databases):
        for column, told in database.columns.items():
            for category in categories_of(told):
                if category not in known:
                    raise read.error(
                        ("databases", number, "columns", column),
                        _("'{category}' is not a category."),
                        do=suggest(category, known),
                        code="unknown_category",
                        category=category,
                    )
    for number, rule in enumerate(catalogue.shows):
        _check_rule(read, number, rule, [database.name for database in catalogue.databases])


def _check_rule(read: Settings, number: int, rule: Rule, names: list[str]) -> None:
    if rule.database is None:
        return
    if rule.database not in names:
        raise read.error(
            ("shows", number, "database"),
            _("'{name}' is named here, and [[{table}]] has no such name."),
            do=suggest(rule.database, names) if names else _("Add it under [[{table}]]."),
            code="unknown_name",
            name=rule.database,
            table="databases",
        )
    if rule.replay is not None or rule.parameters:
        raise read.error(
            ("shows", number, "database"),
            _("A rule has either a database or a replay."),
            do=_("Write two rules with different selectors."),
            code="bad_database",
        )


def categories_of(told: list[str] | ShownColumn) -> list[str]:
    """The categories of a column."""
    return told.categories if isinstance(told, ShownColumn) else told


def with_databases(catalogue: Catalogue) -> Catalogue:
    """The catalogue with, in each rule of a database, all categories that its columns can show."""
    if not any(rule.database for rule in catalogue.shows):
        return catalogue
    held = {database.name: _categories(database) for database in catalogue.databases}
    shows = [
        msgspec.structs.replace(
            rule, categories=list(dict.fromkeys([*rule.categories, *held[rule.database]]))
        )
        if rule.database
        else rule
        for rule in catalogue.shows
    ]
    return msgspec.structs.replace(catalogue, shows=shows)


def _categories(database: Database) -> list[str]:
    named = {category for told in database.columns.values() for category in categories_of(told)}
    return sorted({*named, Category.UNDETERMINED.value})
