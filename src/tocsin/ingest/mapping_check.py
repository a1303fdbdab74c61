# SPDX-License-Identifier: Apache-2.0
"""A mapping is held to what it says before a log is read by it: its columns, its places, its own samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from tocsin.core.errors import InputError, MachineError, SettingsError, Where
from tocsin.core.settings import FieldSettings, Mapping
from tocsin.core.settings.mapping import SampleSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.extract import EVENT_COLUMNS, extract
from tocsin.ingest.formats.mapped import Mapped
from tocsin.ingest.interface import ReadOptions, Sample
from tocsin.ingest.times import instant_sql
from tocsin.store.engine import Engine
from tocsin.store.query import quote

INSTANTS = ("occurred_at", "recorded_at")
PLACES = {
    "json-lines": ("path",),
    "json-array": ("path",),
    "csv": ("column",),
    "lines": ("between", "regex"),
}
"""Where a value can stand, by reader; `const` stands anywhere."""

_STEP = r'\.(?:\*|"[^"]+"|[^.\[\]"*\s]+)|\[(?:\*|\d+|#-\d+)\]'
_PATH = re.compile(rf"^\$(?:{_STEP})*$")


def check_mapping(mapping: Mapping, path: Path, zone: str | None) -> None:
    """Raise SettingsError for what the mapping cannot mean, InputError when its own samples contradict it.

    The samples are read in the mapping's zone, or in the source's where it has none.
    """
    try:
        _check_shape(mapping)
        for name, field in mapping.fields.items():
            _check_field(name, field, mapping)
        _check_skip(mapping)
        with Engine(memory="256MiB", threads=1) as engine:
            for pattern in _patterns(mapping):
                _check_pattern(engine, pattern)
            for field in mapping.fields.values():
                _check_time(engine, field.time)
            for number, sample in enumerate(mapping.sample, start=1):
                _check_sample(engine, mapping, zone, number, sample)
    except InputError as error:
        error.where = error.where if error.where.file else Where(str(path))
        raise


def _check_shape(mapping: Mapping) -> None:
    for key in ("delimiter", "quote"):
        sign = getattr(mapping, key)
        if sign in ("\n", "\r") or len(sign) > 1 or not sign.isascii() or (key == "delimiter" and not sign):
            raise SettingsError(
                _("The {key} '{sign}' is not one sign."),
                do=_('Write one, as ";" or "\\t".'),
                key=key,
                sign=sign,
            )
    if "occurred_at" not in mapping.fields:
        raise SettingsError(
            _("This mapping has no occurred_at."), do=_("An event needs its time: say where it stands.")
        )


def _check_field(name: str, field: FieldSettings, mapping: Mapping) -> None:
    if name not in EVENT_COLUMNS:
        raise SettingsError(
            _("'{name}' is not an event column."),
            do=suggest(name, EVENT_COLUMNS),
            code="unknown_key",
            name=name,
        )
    places = PLACES[mapping.reader]
    given = [
        place
        for place in ("path", "column", "between", "regex", "const")
        if getattr(field, place) is not None
    ]
    if len(given) != 1 or given[0] not in (*places, "const"):
        raise SettingsError(
            _("The field '{name}' must have one place, and has {n}."),
            do=_("With the reader '{reader}', write one of: {names}."),
            name=name,
            n=len(given),
            reader=mapping.reader,
            names=", ".join((*places, "const")),
        )
    if field.time is not None and name not in INSTANTS:
        raise SettingsError(_("The field '{name}' is not a time."), do=_("Take its `time` out."), name=name)
    if field.column is not None and isinstance(field.column, int) and field.column < 1:
        raise SettingsError(
            _("The field '{name}' has no column {column}."),
            do=_("The first one is 1."),
            name=name,
            column=field.column,
        )
    if field.between is not None and len(field.between) != 2:
        raise SettingsError(
            _("The field '{name}' is between two texts."),
            do=_("Write between = ['user=\"', '\"']."),
            name=name,
        )
    if field.path is not None:
        _check_path(name, field.path, is_list=name == "persons")


def _check_path(name: str, path: str, *, is_list: bool) -> None:
    if not _PATH.match(path):
        raise SettingsError(
            _("'{path}' is not a JSON path."), do=_('Write it as "$.user.id" or "$.items[0].id".'), path=path
        )
    if "*" in re.sub(r'"[^"]*"', "", path) and not is_list:
        raise SettingsError(
            _("The field '{name}' has room for one value."), do=_("Write a path without *."), name=name
        )


def _check_skip(mapping: Mapping) -> None:
    skip = mapping.skip
    if skip is None:
        return
    given = [place for place in ("path", "column", "regex") if getattr(skip, place) is not None]
    if len(given) != 1 or given[0] not in PLACES[mapping.reader]:
        raise SettingsError(
            _("[skip] must have one place, and has {n}."),
            do=_("With the reader '{reader}', write {value}."),
            n=len(given),
            reader=mapping.reader,
            value=PLACES[mapping.reader][-1],
        )
    if skip.path is not None:
        _check_path("[skip]", skip.path, is_list=False)


def _patterns(mapping: Mapping) -> Iterator[str]:
    yield from (field.regex for field in mapping.fields.values() if field.regex is not None)
    if mapping.skip is not None and mapping.skip.regex is not None:
        yield mapping.skip.regex


def _check_pattern(engine: Engine, pattern: str) -> None:
    try:
        re.compile(pattern)
        engine.rows("select regexp_extract('', $pattern)", pattern=pattern)
        if "(?P<" in pattern and "value" not in re.compile(pattern).groupindex:
            raise SettingsError(
                _("No group of the expression {pattern} is named 'value'."),
                do=_("Name it so."),
                pattern=pattern,
            )
    except (re.error, MachineError):
        raise SettingsError(
            _("This is not a regular expression that can be read here: {pattern}"),
            do=_("The syntax is RE2's: no look-around, no back-reference."),
            pattern=pattern,
        ) from None


def _check_time(engine: Engine, pattern: str | None) -> None:
    if pattern is None:
        return
    instant_sql("''", pattern, None)
    if "%" not in pattern:
        return
    try:
        engine.rows("select try_strptime('', $pattern)", pattern=pattern)
    except MachineError:
        raise SettingsError(
            _("'{pattern}' is not a way to read a time."),
            do=_("Write it as %d/%m/%Y %H:%M:%S."),
            pattern=pattern,
        ) from None


def _check_sample(
    engine: Engine, mapping: Mapping, zone: str | None, number: int, sample: SampleSettings
) -> None:
    found = _read_sample(engine, mapping, zone, sample.text)
    if len(found) != len(sample.events):
        raise _contradicted(number, f"it gives {len(found)} events instead of {len(sample.events)}")
    for place, (event, wanted) in enumerate(zip(found, sample.events, strict=True), start=1):
        unknown = [name for name in wanted if name not in EVENT_COLUMNS]
        if unknown:
            raise SettingsError(
                _("'{value}' is not an event column (sample {number})."),
                do=suggest(unknown[0], EVENT_COLUMNS),
                value=unknown[0],
                number=number,
            )
        other = [name for name, value in wanted.items() if _plain(name, event[name]) != _plain(name, value)]
        if other:
            raise _contradicted(number, f"in event {place} it gives something else for {', '.join(other)}")


def _read_sample(engine: Engine, mapping: Mapping, zone: str | None, text: str) -> list[dict[str, object]]:
    content = text.encode(mapping.encoding, "replace")
    form, head = Mapped(), Sample("sample", content, whole=True)
    bare = ReadOptions(zone=None if mapping.zone else zone, mapping=mapping)
    options = ReadOptions(zone=bare.zone, mapping=mapping, header=form.header(head, bare))
    batches = list(form.cutter(head, options).cut(iter([content] if content else [])))
    if not batches:
        return []
    extract(engine, form.extraction(options), pa.Table.from_batches(batches))
    names = list(EVENT_COLUMNS)
    columns = ", ".join(quote(name) for name in names)
    rows = engine.rows(f"select {columns} from cut where fate = 'event' order by byte_offset, item")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain(name: str, value: object) -> object:
    """A value as it is compared: instants as instants, everything else as text."""
    if value is None or isinstance(value, list | tuple):
        return None if value is None else [str(one) for one in value]
    if name in INSTANTS:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            return str(value)
        return instant.astimezone(UTC) if instant.tzinfo else str(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _contradicted(number: int, how: str) -> InputError:
    return InputError(
        _("The mapping does not read its own sample {number} as it says: {how}."),
        do=_("Correct the mapping, or the sample."),
        code="mapping_sample",
        number=number,
        how=how,
    )
