# SPDX-License-Identifier: Apache-2.0
"""Reads a TOML file into its struct, and says where and what to do when it does not fit."""

from __future__ import annotations

import difflib
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tocsin.core.errors import SettingsError, Where
from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.catalogue import Catalogue
from tocsin.core.settings.mapping import Mapping
from tocsin.core.terms import Category

S = TypeVar("S", bound=msgspec.Struct)


def load_case(path: Path) -> CaseSettings:
    """Read case.toml.

    Raises SettingsError for a missing file, broken TOML, an unknown key, or a name used twice.
    """
    settings = _load(path, CaseSettings)
    for kind in ("sources", "registries", "records"):
        _refuse_same_name(path, kind, [item.name for item in getattr(settings, kind)])
    for zone in [settings.case.zone, *(s.zone for s in settings.sources if s.zone)]:
        _check_zone(path, zone)
    _check_references(path, settings)
    return settings


def load_catalogue(path: Path) -> Catalogue:
    """Read catalogue.toml; raises SettingsError, also for a category that does not exist."""
    catalogue = _load(path, Catalogue)
    known = [category.value for category in Category]
    for rule in catalogue.shows:
        for category in rule.categories:
            if category not in known:
                raise SettingsError(
                    f"'{category}' is not a category.",
                    do=_did_you_mean(category, known),
                    where=_find(path, category),
                )
    return catalogue


def load_mapping(path: Path) -> Mapping:
    """Read a mapping; raises SettingsError."""
    mapping = _load(path, Mapping)
    if mapping.zone:
        _check_zone(path, mapping.zone)
    return mapping


def _load(path: Path, struct: type[S]) -> S:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            "There is no such file.", do="Check the path.", where=path, code="no_file"
        ) from None
    except IsADirectoryError:
        raise SettingsError("This is a folder, not a file.", do="Check the path.", where=path) from None
    except UnicodeDecodeError:
        raise SettingsError("This file is not UTF-8 text.", do="Save it as UTF-8.", where=path) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"This is not valid TOML: {error}.", do="Correct it there.", where=path) from None
    cleaned = _cleaned(path, raw)
    _refuse_unknown_keys(path, cleaned, struct)
    try:
        return msgspec.convert(cleaned, struct)
    except msgspec.ValidationError as error:
        message = str(error)
        raise SettingsError(f"{message}.", do="See the reference of settings.", where=path) from None


def _cleaned(path: Path, raw: Any) -> Any:  # noqa: ANN401  # TOML is any tree
    """Without `x-` keys; instants with their zone, bare dates as midnight UTC."""
    if isinstance(raw, dict):
        return {k: _cleaned(path, v) for k, v in raw.items() if not k.startswith("x-")}
    if isinstance(raw, list):
        return [_cleaned(path, item) for item in raw]
    if isinstance(raw, datetime):
        if raw.tzinfo is None:
            raise SettingsError(
                f"The instant {raw.isoformat()} has no zone.",
                do="Write it with Z or +02:00.",
                where=_find(path, raw.date().isoformat()),
                code="no_zone",
            )
        return raw.astimezone(UTC)
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day, tzinfo=UTC)
    return raw


def _refuse_unknown_keys(path: Path, raw: object, kind: object) -> None:
    for struct in _structs_in(kind):
        _check_struct(path, raw, struct)
        return
    if isinstance(raw, list):
        for argument in get_args(kind):
            for item in raw:
                _refuse_unknown_keys(path, item, argument)
    elif isinstance(raw, dict) and get_origin(kind) is dict:
        for item in raw.values():
            _refuse_unknown_keys(path, item, get_args(kind)[1])


def _structs_in(kind: object) -> list[type[msgspec.Struct]]:
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]


def _check_struct(path: Path, raw: object, struct: type[msgspec.Struct]) -> None:
    if not isinstance(raw, dict):
        return
    hints = get_type_hints(struct)
    kinds = {f.encode_name: hints[f.name] for f in msgspec.structs.fields(struct)}
    for key, value in raw.items():
        if key not in kinds:
            raise SettingsError(
                f"Unknown key '{key}'.",
                do=_did_you_mean(key, list(kinds)),
                where=_find(path, key),
                code="unknown_key",
            )
        _refuse_unknown_keys(path, value, kinds[key])


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(sorted(known))}."


def _find(path: Path, word: str) -> Where:
    """The first line that holds the word: near enough for a person to see it."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if word in line:
            return Where(str(path), number, line.index(word) + 1)
    return Where(str(path))


def _refuse_same_name(path: Path, kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(
                f"Two [[{kind}]] are named '{name}'.",
                do="Give each its own name.",
                where=_find(path, name),
                code="same_name",
            )


def _check_zone(path: Path, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"'{zone}' is not a time zone.", do="Write it as Europe/Paris or UTC.", where=_find(path, zone)
        ) from None


def _check_references(path: Path, settings: CaseSettings) -> None:
    sources = [source.name for source in settings.sources]
    named = [(f"'{registry.name}'", name) for registry in settings.registries for name in registry.sources]
    named += [(f"'{record.name}'", name) for record in settings.records for name in record.sources]
    named += [("[[known]]", known.source) for known in settings.known if known.source is not None]
    for owner, name in named:
        if name not in sources:
            raise SettingsError(
                f"{owner} names the source '{name}', which is not there.",
                do=_did_you_mean(name, sources) if sources else "Add it under [[sources]].",
                where=_find(path, name),
            )
