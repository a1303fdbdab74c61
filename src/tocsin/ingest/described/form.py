# SPDX-License-Identifier: Apache-2.0
"""A described format as a format like any other."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
from collections.abc import Iterator

import pyarrow as pa

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.described.description import Cut, Described, Description, Recognise
from tocsin.ingest.described.statement import carries_of, extraction_of
from tocsin.ingest.interface import (
    NEXT_PAGE,
    NOT_MINE,
    Carry,
    Confidence,
    Cutter,
    Extraction,
    LogFormat,
    ReadOptions,
    Sample,
)
from tocsin.ingest.read.csv_rows import CsvCutter, CsvShape
from tocsin.ingest.read.elements import ElementsCutter
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.read.text_records import TextRecordsCutter

LOOKED_AT = 200
"""First lines, or JSON values, by which a file is recognised."""

_SYSLOG = re.compile(
    r"^(?:<\d{1,3}>)?(?:[1-9]\d{0,2} )?"
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*) "
    r"(?:\S*[^\s:] )?(?P<program>[^\s\[\]:]+)(?:\[\d+\])?"
    r"(?:: ?| \S+ \S+ (?:-|\[.*?\]) ?)(?P<message>.*)$"
)


class DescribedFormat(LogFormat):
    """One format, from its description."""

    def __init__(self, described: Described) -> None:
        self.described = described
        self.description = described.description
        self.name = self.description.name
        self.title = self.description.title
        self.proof = self.description.proof

    def sniff(self, sample: Sample) -> Confidence:
        """By what the description says that its files hold."""
        asked = self.description.recognise
        first = sample.lines[0] if sample.lines else ""
        if asked.begins and not re.search(asked.begins, first):
            return NOT_MINE
        if asked.unless and any(re.search(asked.unless, line) for line in sample.lines[:LOOKED_AT]):
            return NOT_MINE
        mine, count = self._matches(sample)
        if not count or mine * 2 < count:
            return NOT_MINE
        share = mine / count
        sure = min(asked.surest, 0.5 + (asked.surest - 0.5) * share)
        reason = _("{mine} of the first {count} records are as it writes them")
        return Confidence(sure, Sentence(reason, {"mine": mine, "count": count}))

    def _matches(self, sample: Sample) -> tuple[int, int]:
        reader = self.description.read.reader
        if reader in ("json-lines", "json-array"):
            return matching_objects(sample, self.description)
        if reader == "elements":
            return int(re.search(self.description.recognise.line or "$^", sample.text) is not None), 1
        if reader == "csv":
            if not self.description.read.header:
                return _matching_rows(sample, self.description)
            header = self.header(sample, ReadOptions())
            asked = self.description.recognise
            has_groups = all(any(name in header for name in group) for group in asked.keys)
            is_asked = bool(asked.header or asked.keys)
            return int(is_asked and has_groups and set(asked.header) <= set(header)), 1
        return _matching_lines(sample, self.description)

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """By the description's reader."""
        del sample
        read = self.description.read
        if read.reader == "json-array":
            return _json_cutter(read)
        if read.reader == "csv":
            return CsvCutter(CsvShape(read.delimiter, read.quote, read.encoding, len(options.header)))
        if read.reader == "elements":
            return ElementsCutter(read.begins or "", read.around)
        if read.reader == "records":
            return TextRecordsCutter(read.begins or "", read.encoding)
        return LinesCutter(read.encoding)

    def header(self, sample: Sample, options: ReadOptions) -> tuple[str, ...]:
        """The names on the first row of a CSV file, or of as many columns as it has."""
        del options
        read = self.description.read
        if read.reader != "csv":
            return ()
        first = next((cells for _, cells in _rows(sample, read)), [])
        return tuple(first) if read.header else tuple(read.names[: len(first)])

    def extraction(self, options: ReadOptions) -> Extraction:
        """The description, compiled."""
        return extraction_of(self.described, options)

    def warnings(self, sample: Sample) -> list[tuple[str, Sentence]]:
        """That a page of an API says that there is a next one."""
        following = self.description.read.next
        told = following is not None and f'"{following}"' in sample.text
        return [("next_page", NEXT_PAGE)] if told else []

    def carries(self) -> tuple[Carry, ...]:
        """As described."""
        return carries_of(self.description)


def _json_cutter(read: Cut) -> JsonCutter:
    """A Bundle's entries are whole where they are what the format reads: each with its request."""
    return JsonCutter(within=read.within.encode(), whole_entries=read.within == "entry")


def _rows(sample: Sample, read: Cut) -> Iterator[tuple[str, list[str]]]:
    """The first rows of a CSV file: the line on which each begins, and its cells."""
    text = sample.head.decode(read.encoding, "replace").removeprefix("\ufeff")
    lines = list(io.StringIO(text, newline=""))
    rows = csv.reader(
        lines,
        delimiter=read.delimiter,
        quotechar=read.quote or None,
        quoting=csv.QUOTE_MINIMAL if read.quote else csv.QUOTE_NONE,
    )
    begun = 0
    try:
        for cells in rows:
            yield lines[begun], cells
            begun = rows.line_num
    except csv.Error:
        return


def _matching_rows(sample: Sample, description: Description) -> tuple[int, int]:
    """Without a header: rows that begin as they should and have as many cells as some version writes."""
    found = list(itertools.islice(_rows(sample, description.read), LOOKED_AT))
    if len(found) > 1 and not sample.whole:
        found.pop()
    shape = re.compile(description.recognise.line or "")
    fewest, most = description.recognise.fewest, len(description.read.names) or math.inf
    mine = (fewest <= len(cells) <= most and bool(shape.search(line)) for line, cells in found)
    return sum(mine), len(found)


def matching_objects(sample: Sample, description: Description) -> tuple[int, int]:
    """How many of the first JSON records have the keys and values, of how many."""
    records = list(_objects(sample, description))
    return sum(_fits(record, description.recognise) for record in records), len(records)


def _objects(sample: Sample, description: Description) -> list[object]:
    """The first values, bare or in a list, however they stand on lines."""
    texts = [_behind_header(line, description)[1] for line in sample.lines[:LOOKED_AT]]
    found = [value for text in texts if (value := _loaded(text)) is not None]
    if description.read.reader == "json-lines":
        return [value for value in found if isinstance(value, dict)] if len(found) * 2 >= len(texts) else []
    batches = _json_cutter(description.read).cut(iter([sample.head] if sample.head else []))
    # The head may end within a character: such a text is no value, and stops nothing.
    found_bytes = (text for batch in batches for text in batch.column("record").cast(pa.binary()).to_pylist())
    cut = [text.decode("utf-8", "replace") for text in itertools.islice(found_bytes, LOOKED_AT)]
    values = [value for text in cut if (value := _loaded(text)) is not None]
    return [value for value in values if isinstance(value, dict)]


def _loaded(text: str) -> object | None:
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return None


def _fits(record: object, asked: Recognise) -> bool:
    has_keys = all(any(_at(record, key) is not _ABSENT for key in group) for group in asked.keys)
    return has_keys and all(_at(record, key) in values for key, values in asked.equals.items())


_ABSENT = object()


def _at(record: object, dotted: str) -> object:
    """The value at a key, whole (`a.b` may be one key), or at a path of keys."""
    if isinstance(record, dict) and dotted in record:
        return record[dotted]
    for key in dotted.split("."):
        if not isinstance(record, dict) or key not in record:
            return _ABSENT
        record = record[key]
    return record


def _matching_lines(sample: Sample, description: Description) -> tuple[int, int]:
    lines = [line for line in sample.lines[:LOOKED_AT] if not line.startswith("#")]
    begins = description.read.begins
    if description.read.reader == "records" and begins:
        # Only a record's first line is known by its shape.
        firsts = [line for line in lines if re.search(begins, line)]
        is_first = description.recognise.begins is not None or firsts[:1] == lines[:1]
        lines = firsts if firsts and is_first else lines
    if description.read.programs:
        headed = [_behind_header(line, description) for line in lines]
        lines = [
            message for program, message in headed if program is None or program in description.read.programs
        ]
    else:
        lines = [_behind_header(line, description)[1] for line in lines]
    return sum(_is_line(line, description) for line in lines), len(lines)


def _is_line(line: str, description: Description) -> bool:
    if description.recognise.line is not None:
        return re.search(description.recognise.line, line) is not None
    return any(re.fullmatch(pattern.line, line, re.DOTALL) for pattern in description.pattern)


def _behind_header(line: str, description: Description) -> tuple[str | None, str]:
    """(program, message) of a line with a syslog header; (None, line) without one."""
    if description.read.syslog == "no":
        return None, line
    found = _SYSLOG.match(line)
    return (found["program"], found["message"]) if found else (None, line)
