# SPDX-License-Identifier: Apache-2.0
"""That each [[history]] tells the past of something that is there, and in a way that can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.checks import Settings
from tocsin.core.settings.inputs import HistorySettings, RecordSettings, RegistrySettings
from tocsin.core.settings.place import Key
from tocsin.core.suggest import suggest
from tocsin.core.words import _

AUDIT_COLUMNS = ("key", "column", "old", "new", "at", "table", "action")
"""What a [[history]] of audit rows may name; the first five it must."""


def check_history(read: Settings, settings: CaseSettings) -> None:
    """Raise SettingsError for a history of nothing, without a date, or of columns that say nothing."""
    tables: dict[str, RegistrySettings | RecordSettings] = {one.name: one for one in settings.registries}
    tables |= {one.name: one for one in settings.records}
    for number, history in enumerate(settings.history):
        at: tuple[Key, ...] = ("history", number)
        if history.of not in tables:
            raise read.error(
                (*at, "of"),
                _("There is no registry and no table of records '{name}'."),
                do=suggest(history.of, list(tables)),
                code="unknown_name",
                name=history.of,
            )
        _check_table(read, at, tables[history.of])
        _check_one(read, at, history, is_registry=isinstance(tables[history.of], RegistrySettings))


def _check_table(read: Settings, at: tuple[Key, ...], table: RegistrySettings | RecordSettings) -> None:
    if {"valid_from", "valid_until"} & set(table.columns):
        raise read.error(
            (*at, "of"),
            _("'{name}' has its own valid_from: it needs no history."),
            do=_("Take out the columns valid_from and valid_until, or this [[history]]."),
            code="two_histories",
            name=table.name,
        )
    if table.as_of is None:
        raise read.error(
            (*at, "of"),
            _("It is not said when the extract '{name}' was made."),
            do=_("Write as_of = 2025-03-01T06:00:00+01:00 beside its paths."),
            code="no_date",
            name=table.name,
        )


def _check_one(read: Settings, at: tuple[Key, ...], history: HistorySettings, *, is_registry: bool) -> None:
    if history.format == "hl7v2" and not is_registry:
        raise read.error(
            (*at, "format"),
            _("Messages tell of persons: '{name}' is a table of records."),
            do=_("Give it copies or audit rows."),
            code="bad_format",
            name=history.of,
        )
    if history.dated is not None:
        _check_pattern(read, (*at, "dated"), history.dated)
    tells_changes = history.format is None and {"old", "new"} & set(history.columns)
    if history.format == "audit" or tells_changes:
        _check_audit(read, (*at, "columns"), history.columns)


def _check_pattern(read: Settings, at: tuple[Key, ...], pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error:
        groups = 0
    if groups != 1:
        raise read.error(
            at,
            _("'{pattern}' is not a regular expression with one group."),
            do=_("Write it as 'patients-([0-9]+)', the date in the group."),
            code="bad_pattern",
            pattern=pattern,
        )


def _check_audit(read: Settings, at: tuple[Key, ...], columns: Mapping[str, str | list[str]]) -> None:
    for name in columns:
        if name not in AUDIT_COLUMNS:
            raise read.error(
                (*at, name),
                _("Unknown column '{ours}'."),
                do=suggest(name, AUDIT_COLUMNS),
                code="unknown_key",
                ours=name,
            )
    missing = [name for name in AUDIT_COLUMNS[:5] if name not in columns]
    if missing:
        raise read.error(
            at,
            _("The column '{key}' is missing."),
            do=_("Say which column it is."),
            code="no_key",
            key=missing[0],
        )
