# SPDX-License-Identifier: Apache-2.0
"""Reads a TOML file into its struct, and says where and what to do when it does not fit."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from tocsin.core.errors import Phrase, SettingsError, Where
from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.catalogue import Catalogue
from tocsin.core.settings.checks import Settings, check_case, check_catalogue, check_mapping
from tocsin.core.settings.collected import with_places
from tocsin.core.settings.databases import check_databases, with_databases
from tocsin.core.settings.history_checks import check_history
from tocsin.core.settings.mapping import Mapping
from tocsin.core.settings.place import Key, keys_of
from tocsin.core.settings.place_checks import check_places
from tocsin.core.settings.whereabouts_checks import check_whereabouts
from tocsin.core.suggest import suggest
from tocsin.core.words import _

S = TypeVar("S", bound=msgspec.Struct)

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_MESSAGE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`$")
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]+)`$")

_KINDS = {
    "str": _("a text"),
    "int": _("a whole number"),
    "float": _("a number"),
    "bool": _("true or false"),
    "array": _("a list"),
    "object": _("a table"),
    "datetime": _("an instant, without quotes"),
    "time": _("a time of day"),
}


def load_case(path: Path) -> CaseSettings:
    """Read case.toml.

    Raises SettingsError for a missing file, broken TOML, an unknown key, a name used twice, a reference to
    what is not there, or a value out of its range.
    """
    read = _read(path)
    settings = _convert(read, CaseSettings)
    check_case(read, settings)
    check_places(read, settings)
    check_history(read, settings)
    check_whereabouts(read, settings)
    return with_places(settings)


def load_catalogue(path: Path, settings: CaseSettings | None = None) -> Catalogue:
    """Read catalogue.toml, of the case if its settings are given.

    Raises SettingsError, also for a category that does not exist.
    """
    read = _read(path)
    catalogue = _convert(read, Catalogue)
    check_catalogue(read, catalogue)
    check_databases(read, catalogue)
    return with_databases(catalogue, settings)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping; raises SettingsError."""
    read = _read(path)
    mapping = _convert(read, Mapping)
    check_mapping(read, mapping)
    return mapping


def _read(path: Path) -> Settings:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            _("There is no such file."), do=_("Check the path."), where=path, code="no_file"
        ) from None
    except IsADirectoryError:
        raise SettingsError(_("This is a folder, not a file."), do=_("Check the path."), where=path) from None
    except UnicodeDecodeError:
        raise SettingsError(
            _("This file is not UTF-8 text."), do=_("Save it as UTF-8."), where=path
        ) from None
    try:
        return Settings(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, str(error)) from None
    except (ValueError, RecursionError):
        raise _broken(path, "a value is too large, or too deep") from None


def _broken(path: Path, message: str) -> SettingsError:
    found = _TOML_PLACE.search(message)
    line, column = (int(found[1]), int(found[2])) if found and found[1] else (None, None)
    problem = message[: found.start()] if found else message
    return SettingsError(
        _("This is not valid TOML: {problem}."),
        do=_("Correct it there."),
        where=Where(str(path), line, column),
        code="broken_toml",
        problem=problem,
    )


def _convert(read: Settings, struct: type[S]) -> S:
    cleaned = _cleaned(read, (), read.raw)
    _refuse_unknown_keys(read, (), cleaned, struct)
    try:
        return msgspec.convert(cleaned, struct, builtin_types=(datetime, date))
    except msgspec.ValidationError as error:
        raise _misfit(read, str(error), struct) from None


def _cleaned(read: Settings, at: tuple[Key, ...], raw: Any) -> Any:  # noqa: ANN401  # TOML is any tree
    """Without `x-` keys; instants with their zone, bare dates as midnight UTC."""
    if isinstance(raw, dict):
        return {k: _cleaned(read, (*at, k), v) for k, v in raw.items() if not k.startswith("x-")}
    if isinstance(raw, list):
        return [_cleaned(read, (*at, number), item) for number, item in enumerate(raw)]
    if isinstance(raw, datetime):
        return _zoned(read, at, raw)
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day, tzinfo=UTC)
    return raw


def _zoned(read: Settings, at: tuple[Key, ...], instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise read.error(
            at,
            _("The instant {instant} has no zone."),
            do=_("Write it with Z or +02:00."),
            code="no_zone",
            instant=instant.isoformat(),
        )
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise read.error(
            at, _("The instant {instant} is out of range."), instant=instant.isoformat()
        ) from None


def _refuse_unknown_keys(read: Settings, at: tuple[Key, ...], raw: object, kind: object) -> None:
    for struct in _structs_in(kind):
        _check_struct(read, at, raw, struct)
        return
    if isinstance(raw, list):
        for argument in get_args(kind):
            for number, item in enumerate(raw):
                _refuse_unknown_keys(read, (*at, number), item, argument)
    elif isinstance(raw, dict) and get_origin(kind) is dict:
        for key, item in raw.items():
            _refuse_unknown_keys(read, (*at, key), item, get_args(kind)[1])


def _structs_in(kind: object) -> list[type[msgspec.Struct]]:
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)]


def _fields(struct: type[msgspec.Struct]) -> dict[str, object]:
    """Kinds of a struct's fields, by the key in the file."""
    hints = get_type_hints(struct)
    return {f.encode_name: hints[f.name] for f in msgspec.structs.fields(struct)}


def _check_struct(read: Settings, at: tuple[Key, ...], raw: object, struct: type[msgspec.Struct]) -> None:
    if not isinstance(raw, dict):
        return
    kinds = _fields(struct)
    for key, value in raw.items():
        if key not in kinds:
            raise read.error(
                (*at, key),
                _("Unknown key '{key}'."),
                do=suggest(key, sorted(kinds)),
                code="unknown_key",
                key=key,
            )
        _refuse_unknown_keys(read, (*at, key), value, kinds[key])


def _misfit(read: Settings, message: str, struct: type[msgspec.Struct]) -> SettingsError:
    """A value that is not of its kind, in our words."""
    found = _MESSAGE.match(message)
    what = found["what"] if found else message
    at = keys_of(found["path"] or "" if found else "")
    key = next((str(k) for k in reversed(at) if isinstance(k, str)), "")
    see = _("See the reference of settings.")
    if missing := _MISSING.match(what):
        return read.error(at, _("The key '{key}' is missing."), do=see, key=missing["key"])
    allowed = _allowed(struct, at)
    if allowed:
        value = str(read.value(at))
        what = _("'{value}' is not a value of '{key}'.")
        return read.error(at, what, do=suggest(value, allowed), key=key, value=value)
    if expected := _EXPECTED.match(what):
        return read.error(
            at,
            _("'{key}' should be {expected}, and is {got}."),
            do=see,
            key=key,
            expected=_kind(expected["expected"]),
            got=_kind(expected["got"]),
        )
    return read.error(at, _("'{key}' does not fit: {problem}."), do=see, key=key, problem=what)


def _kind(name: str) -> str:
    names = [part for part in name.split(" | ") if part != "null"]
    return Phrase(_KINDS[names[0]]) if len(names) == 1 and names[0] in _KINDS else name


def _allowed(struct: type[msgspec.Struct], at: tuple[Key, ...]) -> list[str]:
    """The words that a key may be set to, when they are a closed list."""
    kind: object = struct
    for key in at:
        if isinstance(key, int):
            kind = next(iter(get_args(kind)), None)
            continue
        structs = _structs_in(kind)
        kind = _fields(structs[0]).get(key) if structs else None
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [word for o in options if get_origin(o) is Literal for word in get_args(o)]
