# SPDX-License-Identifier: Apache-2.0
"""A log described without code: JSON lines, JSON arrays, CSV and text lines, by a mapping."""

from __future__ import annotations

import csv
import io
import re

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import FieldSettings, Mapping
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.fields import (
    cells_sql,
    columns_sql,
    const_sql,
    json_places,
    split_persons_sql,
    text_of,
    zoneless_of,
)
from tocsin.ingest.interface import (
    KEY_TWICE,
    NOT_MINE,
    Confidence,
    Cutter,
    Extraction,
    LogFormat,
    ReadOptions,
    Sample,
)
from tocsin.ingest.read.csv_rows import CsvCutter, CsvShape
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.rest_alike import learn_rest
from tocsin.ingest.salvage import close_json
from tocsin.store.query import literal


class Mapped(LogFormat):
    """Never recognised by itself: the user names the mapping."""

    name = "mapped"
    title = "A log described by a mapping"
    proof = "by its mapping's own sample"

    def sniff(self, sample: Sample) -> Confidence:
        """A mapping is given, not guessed."""
        del sample
        return NOT_MINE

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """By the mapping's reader."""
        del sample
        mapping = mapping_of(options)
        if mapping.reader == "json-array":
            return JsonCutter()
        if mapping.reader == "csv":
            return CsvCutter(
                CsvShape(mapping.delimiter, mapping.quote, mapping.encoding, len(options.header))
            )
        return LinesCutter(mapping.encoding)

    def header(self, sample: Sample, options: ReadOptions) -> tuple[str, ...]:
        """The names on the first row of a CSV file."""
        mapping = mapping_of(options)
        if mapping.reader != "csv" or not mapping.header:
            return ()
        first = io.StringIO(
            sample.head.decode(mapping.encoding, "replace").removeprefix("\ufeff"), newline=""
        )
        if mapping.quote:
            rows = csv.reader(first, delimiter=mapping.delimiter, quotechar=mapping.quote)
        else:
            rows = csv.reader(first, delimiter=mapping.delimiter, quoting=csv.QUOTE_NONE)
        try:
            return tuple(next(rows, []))
        except csv.Error:
            return ()

    def extraction(self, options: ReadOptions) -> Extraction:
        """The mapping, compiled."""
        mapping = mapping_of(options)
        zone = options.zone or mapping.zone
        if mapping.reader in ("json-lines", "json-array"):
            return _json(mapping, zone)
        if mapping.reader == "csv":
            return _csv(mapping, zone, options.header)
        return _lines(mapping, zone)


def mapping_of(options: ReadOptions) -> Mapping:
    """Raises SettingsError when there is none."""
    if options.mapping is None:
        raise SettingsError(
            _("The format 'mapped' needs a mapping."), do=_('Write mapping = "mappings/….toml".')
        )
    return options.mapping


def _json(mapping: Mapping, zone: str | None) -> Extraction:
    found = json_places(mapping)
    places = found.places
    return Extraction(
        parsed=found.parsed(),
        columns={"detail": found.detail, **columns_sql(mapping, zone, places)},
        broken="not is_object",
        set_aside=f"case when is_twice then '{KEY_TWICE}' end",
        non_event=f"case when is_twice then null else {_skip_sql(mapping, places.get('[skip]'))} end",
        zoneless=zoneless_of(mapping, zone, places),
        salvage=close_json,
        learn=learn_rest(found.paths, found.parsed, found.detail),
    )


def _csv(mapping: Mapping, zone: str | None, header: tuple[str, ...]) -> Extraction:
    places = {name: _cell_sql(name, field, mapping, header) for name, field in mapping.fields.items()}
    taken = [_number(f.column, mapping, header) for f in mapping.fields.values() if f.column is not None]
    skip = mapping.skip
    skipped = (
        None if skip is None or skip.column is None else _number_sql(_number(skip.column, mapping, header))
    )
    is_skipped = _skip_sql(mapping, skipped)
    wanted = f"len(cells) <> {len(header)}" if header else f"len(cells) < {max(taken, default=0)}"
    return Extraction(
        parsed=f"select *, {cells_sql(mapping.delimiter, mapping.quote)} as cells from records",
        columns={"detail": _rest_of_cells_sql(header, taken), **columns_sql(mapping, zone, places)},
        broken=wanted,
        non_event=f"case when {_is_header_sql(header)} then 'header' else {is_skipped} end"
        if header
        else is_skipped,
        zoneless=zoneless_of(mapping, zone, places),
    )


def _is_header_sql(header: tuple[str, ...]) -> str:
    """Whether a row is the header: the first one, and one that stands again where files were joined."""
    named = ", ".join(literal(name) for name in header)
    return f"cells = [{named}]"


def _cell_sql(name: str, field: FieldSettings, mapping: Mapping, header: tuple[str, ...]) -> str:
    if field.const is not None:
        return const_sql(name, field.const)
    if field.column is None:
        raise SettingsError(
            _("The field '{name}' of a CSV mapping has no column."), do=_('Write column = "name".'), name=name
        )
    place = _number_sql(_number(field.column, mapping, header))
    return split_persons_sql(place, field) if name == "persons" else f"nullif({place}, '')"


def _number(column: str | int, mapping: Mapping, header: tuple[str, ...]) -> int:
    """1-based."""
    if isinstance(column, int):
        return column
    if not mapping.header:
        raise SettingsError(
            _("Without a header, '{column}' cannot be a column."),
            do=_("Give its number, from 1."),
            column=column,
        )
    if header.count(column) != 1:
        twice = _("The column '{column}' stands twice in the header.")
        raise InputError(
            twice if column in header else _("The column '{column}' is not in the header."),
            do=suggest(column, header),
            code="no_column",
            column=column,
        )
    return header.index(column) + 1


def _number_sql(number: int) -> str:
    return f"cells[{number}]"


def _rest_of_cells_sql(header: tuple[str, ...], taken: list[int]) -> str:
    if not header:
        return "json_object('cells', cells)::varchar"
    rest = [number for number in range(1, len(header) + 1) if number not in taken]
    if not rest:
        return "null::varchar"
    pairs = ", ".join(f"{literal(header[number - 1])}, cells[{number}]" for number in rest)
    return f"json_object({pairs})::varchar"


def _lines(mapping: Mapping, zone: str | None) -> Extraction:
    places = {name: _in_line_sql(name, field) for name, field in mapping.fields.items()}
    skip = mapping.skip
    skipped = None if skip is None or skip.regex is None else _regex_sql(skip.regex)
    return Extraction(
        parsed="select * from records",
        columns={"detail": "json_object('line', record)::varchar", **columns_sql(mapping, zone, places)},
        non_event=_skip_sql(mapping, skipped),
        zoneless=zoneless_of(mapping, zone, places),
    )


def _in_line_sql(name: str, field: FieldSettings) -> str:
    if field.const is not None:
        return const_sql(name, field.const)
    if field.between is not None and len(field.between) == 2:
        text = _between_sql(*field.between)
    elif field.regex is not None:
        text = _regex_sql(field.regex)
    else:
        raise SettingsError(
            _("The field '{name}' of a text mapping has no place."),
            do=_('Write between = ["user=", " "] or a regex.'),
            name=name,
        )
    return split_persons_sql(text, field) if name == "persons" else f"nullif({text}, '')"


def _between_sql(before: str, after: str) -> str:
    """What stands between two texts; an empty one is the line's beginning or its end."""
    tail = f"substr(record, strpos(record, {literal(before)}) + {len(before)})" if before else "record"
    has_before = f"contains(record, {literal(before)})" if before else "true"
    if not after:
        return f"case when {has_before} then {tail} end"
    has_after = f"contains({tail}, {literal(after)})"
    return f"case when {has_before} and {has_after} then split_part({tail}, {literal(after)}, 1) end"


def _regex_sql(pattern: str) -> str:
    try:
        group = re.compile(pattern).groupindex.get("value", 0)
    except re.error as error:
        raise SettingsError(
            _("This is not a regular expression: {error}."), do=_("Correct it."), error=str(error)
        ) from None
    return f"nullif(regexp_extract(record, {literal(pattern)}, {group}), '')"


def _skip_sql(mapping: Mapping, place: str | None) -> str:
    if mapping.skip is None or place is None:
        return "null"
    values = ", ".join(literal(text_of(value)) for value in mapping.skip.in_)
    held = f"{place} in ({values})" if values else f"{place} is not null"
    return f"case when {held} then 'skip_rule' end"
