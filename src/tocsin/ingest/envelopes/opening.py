# SPDX-License-Identifier: Apache-2.0
"""What envelope the beginning of a file shows, and the native records in it, as the beginning of a file.

Nothing is guessed of a record: the shape found here is the one that all records of the file are opened by;
what is not so is set aside.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.envelopes.kinds import KINDS, Keys, Kind, Record
from tocsin.ingest.interface import Sample

LOOKED_AT = 200
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file's envelopes are opened."""

    kind: str
    keys: Keys
    """Where the native record stands: keys of JSON, or the one column of CSV."""

    header: tuple[str, ...] = ()
    """Columns of a CSV file; none: it is JSON."""

    delimiter: str = ","
    is_list: bool = False
    """The objects stand in a list, not one a line."""

    @property
    def name(self) -> str:
        """As `files` has it."""
        return f"{self.kind}:{'/'.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class Opening:
    """A shape that suits the sample, and what it shows."""

    shape: Shape
    inner: Sample


def openings(sample: Sample, kind: str | None = None, field: str | None = None) -> list[Opening]:
    """The ways to open the file, best first; none when it is no envelope that is known.

    With a kind, and with a field (keys with dots between), only so. Raises InputError for a kind that does
    not exist, or that the file does not show.
    """
    if kind is not None and kind not in KINDS:
        raise InputError(
            _("There is no envelope '{kind}'."), do=suggest(kind, KINDS), code="unknown_envelope", kind=kind
        )
    asked = [KINDS[kind]] if kind is not None else [one for one in KINDS.values() if not one.is_named]
    records = _objects(sample)
    found = [
        opening
        for one in asked
        for opening in (_of_json(one, field, sample, records) if records else _of_csv(one, field, sample))
    ]
    if kind is not None and not found and sample.head.strip():
        raise InputError(
            _("This file shows no envelope '{kind}' with a record in it."),
            do=_("Check `envelope` and `envelope_field`."),
            where=sample.path,
            code="no_envelope",
            kind=kind,
        )
    return found


def opening_named(sample: Sample, name: str) -> Opening | None:
    """The way that a file was opened before."""
    kind, _sign, _keys = name.partition(":")
    records = _objects(sample)
    one = KINDS.get(kind)
    if one is None:
        return None
    if one.is_named:
        shapes = _of_json(one, _keys.replace("/", "."), sample, records) or _of_csv(one, _keys, sample)
    else:
        shapes = [*_of_json(one, None, sample, records), *_of_csv(one, None, sample)]
        field = _keys.partition("/")[2].replace("/", ".") or None
        shapes += _of_json(one, field, sample, records) if records else _of_csv(one, _keys, sample)
    return next((opening for opening in shapes if opening.shape.name == name), None)


def _objects(sample: Sample) -> list[Record]:
    """The first objects of a file of JSON lines, or of one list; none of any other."""
    text = sample.text.lstrip()
    found = _elements(text) if text.startswith("[") else map(_parsed, sample.lines[:LOOKED_AT])
    objects = list(found)
    good: list[Record] = [one for one in objects if isinstance(one, dict)]
    return good if len(good) * 2 >= len(objects) else []


def _elements(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder()
    at = 1
    for _count in range(LOOKED_AT):
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _of_json(kind: Kind, field: str | None, sample: Sample, records: Sequence[Record]) -> list[Opening]:
    mine = [record for record in records if kind.is_mine(record)]
    if not mine or len(mine) * 2 < len(records):
        return []
    is_list = sample.text.lstrip().startswith("[")
    places = kind.fields if field is None else _spellings(kind, field)
    openings_found = []
    for keys in places:
        texts = [text for record in mine if (text := _value(record, keys))]
        if len(texts) * 2 >= len(mine):
            openings_found.append(Opening(Shape(kind.name, keys, is_list=is_list), _inside(sample, texts)))
    return openings_found


def _spellings(kind: Kind, field: str) -> list[Keys]:
    """The keys that a field with dots may mean: with and without what the kind has around its records."""
    parts = tuple(field.split("."))
    bases = {keys[:1] for keys in kind.fields if keys[:1] != parts[:1]} | {()}
    cuts = [(*parts[:cut], ".".join(parts[cut:])) for cut in range(len(parts) - 1, -1, -1)]
    return [(*base, *keys) for base in sorted(bases) for keys in cuts]


def _value(record: object, keys: Keys) -> str:
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    if isinstance(record, str):
        return record
    return json.dumps(record, ensure_ascii=False) if isinstance(record, dict | list) and record else ""


def _of_csv(kind: Kind, field: str | None, sample: Sample) -> list[Opening]:
    first = sample.lines[0] if sample.lines else ""
    if "\r" in first:  # messages whose parts end with a carriage return; csv would raise
        return []
    for delimiter in DELIMITERS:
        header = tuple(next(csv.reader([first.removeprefix("\ufeff")], delimiter=delimiter), []))
        if not (kind.header or kind.is_named) or len(header) < 2 or not set(kind.header) <= set(header):
            continue
        columns = kind.columns if field is None else (field,)
        rows = _rows(sample, delimiter, header)
        found = []
        for column in (one for one in columns if header.count(one) == 1):
            texts = [row[header.index(column)] for row in rows if row[header.index(column)].strip()]
            if texts and len(texts) * 2 >= len(rows):
                found.append(Opening(Shape(kind.name, (column,), header, delimiter), _inside(sample, texts)))
        return found
    return []


def _rows(sample: Sample, delimiter: str, header: tuple[str, ...]) -> list[list[str]]:
    text = sample.text.removeprefix("\ufeff")
    whole = text if sample.whole else text[: text.rfind("\n") + 1]
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    try:
        rows = [row for row, _count in zip(reader, range(LOOKED_AT), strict=False)]
    except csv.Error:
        return []
    return [row for row in rows[1:] if len(row) == len(header)]


def _inside(sample: Sample, texts: list[str]) -> Sample:
    lines = "".join(f"{text.rstrip()}\n" for text in texts)
    return Sample(sample.path, lines.encode("utf-8", "replace"), whole=True)
