# SPDX-License-Identifier: Apache-2.0
"""That what is collected says so whole: files or a place, not both, and a query where there is a database."""

from __future__ import annotations

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.checks import Settings
from tocsin.core.settings.collected import is_collected
from tocsin.core.settings.inputs import RecordSettings, RegistrySettings, SourceSettings
from tocsin.core.settings.place import Key
from tocsin.core.words import _


def check_places(read: Settings, settings: CaseSettings) -> None:
    """Raise SettingsError for a source or a register that has paths and a place, or half a place."""
    for number, source in enumerate(settings.sources):
        at: tuple[Key, ...] = ("sources", number)
        if source.paths and is_collected(source):
            raise _two_places(read, at, source.name)
        _check_source(read, at, source)
    for number, registry in enumerate(settings.registries):
        _check_register(read, ("registries", number), registry)
    for number, record in enumerate(settings.records):
        _check_register(read, ("records", number), record)


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


def _check_register(read: Settings, at: tuple[Key, ...], one: RegistrySettings | RecordSettings) -> None:
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
