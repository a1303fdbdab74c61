# SPDX-License-Identifier: Apache-2.0
"""That what is collected says so whole: files or a place, not both, and a query where there is a database."""

from __future__ import annotations

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.checks import Settings
from tocsin.core.settings.collected import KINDS, AnyRegister, is_collected
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.settings.place import Key
from tocsin.core.words import _


def check_places(read: Settings, settings: CaseSettings) -> None:
    """Raise SettingsError for a source or a register that has paths and a place, or half a place."""
    for number, source in enumerate(settings.sources):
        at: tuple[Key, ...] = ("sources", number)
        if source.paths and is_collected(source):
            raise _two_places(read, at, source.name)
        _check_source(read, at, source)
    for table in KINDS.values():
        for number, one in enumerate(getattr(settings, table)):
            _check_register(read, (table, number), one)
    _refuse_same_directory(read, settings)


def _refuse_same_directory(read: Settings, settings: CaseSettings) -> None:
    """Directories need no name of their own, unless two of them are read from databases."""
    names = [one.name for one in settings.accounts if one.database is not None]
    for number, one in enumerate(settings.accounts):
        if one.database is not None and names.count(one.name) > 1:
            raise read.error(
                ("accounts", number),
                _("Two [[{kind}]] are named '{name}'."),
                do=_("Give each its own name."),
                code="same_name",
                kind="accounts",
                name=one.name,
            )


def _check_source(read: Settings, at: tuple[Key, ...], source: SourceSettings) -> None:
    for key in ("query", "watermark"):
        if getattr(source, key) is not None and not is_collected(source):
            raise read.error(
                (*at, key),
                _("'{key}' needs a database."),
                do=_('Write database = "postgresql://user@host:5432/name".'),
                code="no_database",
                key=key,
            )


def _check_register(read: Settings, at: tuple[Key, ...], one: AnyRegister) -> None:
    if one.paths and one.database is not None:
        raise _two_places(read, at, one.name)
    if (one.database is None) != (one.query is None):
        raise read.error(
            (*at, "database" if one.query is None else "query"),
            _("A register that is read from a database has both 'database' and 'query'."),
            do=_('Write query = "select …" beside database = "postgresql://…".'),
            code="no_query",
        )
    if not one.paths and one.database is None:
        raise read.error(
            at,
            _("The key '{key}' is missing."),
            do=_("Write paths, or database and query."),
            key="paths",
        )


def _two_places(read: Settings, at: tuple[Key, ...], name: str) -> Exception:
    return read.error(
        (*at, "paths"),
        _("'{name}' has paths, and a place to be collected from."),
        do=_("Keep one of them."),
        code="two_places",
        name=name,
    )
