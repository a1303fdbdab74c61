# SPDX-License-Identifier: Apache-2.0
"""What holds between a catalogue's rules and its databases."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.catalogue import Catalogue, Database, Rule, ShownColumn
from tocsin.core.settings.checks import Settings
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _

OF_OURS: Mapping[str, tuple[str, ...]] = {
    "person": (Category.ID_LOCAL.value,),
    "record": (Category.ID_LOCAL.value,),
    "nir": (Category.ID_NIR.value,),
    "ins": (Category.ID_INS.value,),
    "family_name": (Category.IDENTITY_NAME.value,),
    "used_name": (Category.IDENTITY_NAME.value,),
    "given_names": (Category.IDENTITY_NAME.value,),
    "sex": (Category.IDENTITY_SEX.value,),
    "birth_date": (Category.IDENTITY_BIRTH_DATE.value,),
    "birth_place": (Category.IDENTITY_BIRTH_PLACE.value,),
    "phone": (Category.CONTACT_PHONE.value,),
    "email": (Category.CONTACT_EMAIL.value,),
    "address": (Category.CONTACT_ADDRESS.value,),
    "controller": (),
    "ins_oid": (),
    "valid_from": (),
    "valid_until": (),
}
"""What a column shows that the case file explains and the catalogue does not."""


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


def with_databases(catalogue: Catalogue, settings: CaseSettings | None = None) -> Catalogue:
    """The catalogue with, in each rule of a database, all categories that its columns can show.

    Of `settings`, those of the columns that registries and records explain by themselves.
    """
    if not any(rule.database for rule in catalogue.shows):
        return catalogue
    held = {database.name: _categories(database, settings) for database in catalogue.databases}
    shows = [
        msgspec.structs.replace(
            rule, categories=list(dict.fromkeys([*rule.categories, *held[rule.database]]))
        )
        if rule.database
        else rule
        for rule in catalogue.shows
    ]
    return msgspec.structs.replace(catalogue, shows=shows)


def _categories(database: Database, settings: CaseSettings | None) -> list[str]:
    named = {category for told in database.columns.values() for category in categories_of(told)}
    explained = {} if settings is None else _explained(settings)
    for table, held in database.tables.items():
        told_of = {
            column.rpartition(".")[2].lower()
            for column in database.columns
            if column.rpartition(".")[0].lower() == table.lower()
        }
        for theirs, ours in explained.get(held, {}).items():
            if theirs.lower() not in told_of:
                named.update(OF_OURS.get(ours, ()))
    return sorted({*named, Category.UNDETERMINED.value})


def _explained(settings: CaseSettings) -> dict[str, dict[str, str]]:
    """By `registry:<name>` or `records:<name>`: which column of theirs is which of ours."""
    kinds = (("registry", settings.registries), ("records", settings.records))
    return {
        f"{kind}:{one.name}": {
            name: ours
            for ours, theirs in one.columns.items()
            for name in ([theirs] if isinstance(theirs, str) else theirs)
        }
        for kind, tables in kinds
        for one in tables
    }
