# SPDX-License-Identifier: Apache-2.0
"""A sample from outside as rows: CSV or TSV with or without a header, JSON lines, Parquet.

Makes `sample` (row, c1 … cn, all texts, empty is null). A file without a header keeps its first line as a
row: what stands there may be a person. Nothing of the rows is ever told.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.field_names import field_of
from tocsin.core.words import _
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.recognise import take_sample
from tocsin.ingest.register_files import DELIMITERS, LONGEST_LINE, open_files, reading
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

MOST_COLUMNS: Final = 300
_TABLES: Final = (".parquet", ".jsonl", ".ndjson", ".json")
_VALUE: Final = re.compile(r"\d{4}|\d{2}[/.-]\d{2}|@.+\.|^\d+$")
"""What a header hardly holds: four digits in a row, a date, an address, a number."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was read."""

    path: Path
    names: tuple[str, ...]
    """Of its columns, in order; `column1` … where it has no header."""

    has_header: bool
    rows: int
    longer_rows: int
    """Rows with more cells than there are columns: what is beyond was not read."""

    @property
    def columns(self) -> list[str]:
        """Of the table `sample`."""
        return [f"c{place}" for place in range(1, len(self.names) + 1)]


def read_sample(engine: Engine, path: Path, named: Sequence[str] = ()) -> Sample:
    """Make `sample`; `named` are columns that the user speaks of. Raises InputError for what is no table."""
    [stream] = _streams(path)
    if any(suffix in _TABLES for suffix in (s.lower() for s in path.suffixes)) or _is_parquet(path):
        names, select, has_header = *_table(engine, path), True
        longer = ""
    else:
        names, select, has_header = _lines(stream, named)
        longer = f"c{len(names) + 1}"
    _refuse_many(names, path)
    cells = ", ".join(
        f"nullif(trim({quote(theirs)}::varchar), '') as c{place}"
        for place, theirs in enumerate(_keys(names, longer), start=1)
    )
    with reading(str(path)):
        engine.create("sample", f"select row_number() over () as row, {cells} from {select}")
    rows = engine.count("select count(*) from sample")
    beyond = engine.count(f"select count(*) from sample where {longer} is not null") if longer else 0
    return Sample(path, tuple(names), has_header, rows, beyond)


def _streams(path: Path) -> list[Input]:
    streams = find_inputs([str(path)], Path())
    if len(streams) != 1 or streams[0].member is not None:
        raise InputError(
            _("An archive or several files are not one sample."),
            do=_("Unpack it, and name each file."),
            where=path,
            code="not_one_sample",
        )
    return streams


def _table(engine: Engine, path: Path) -> tuple[list[str], str]:
    """A Parquet file, or JSON."""
    found = open_files(engine, Path(), [str(path)])
    return list(found.types), found.select


def _keys(names: Sequence[str], longer: str) -> list[str]:
    return [*(f"c{place}" for place in range(1, len(names) + 1)), longer] if longer else list(names)


def _lines(stream: Input, named: Sequence[str]) -> tuple[list[str], str, bool]:
    """A table in lines: its columns, how to read it, and whether it has a header."""
    is_utf8 = _is_utf8(stream)
    beginning = take_sample(stream)
    text = beginning.text if is_utf8 else beginning.head.decode("latin-1")
    rows = {d: _first_rows(text, d) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: (len((rows[d] or [[]])[0]), -DELIMITERS.index(d)))
    found = rows[delimiter]
    if not found or not any(cell.strip() for row in found for cell in row):
        raise InputError(
            _("This sample is empty."), do=_("Check the path."), where=stream.label, code="empty"
        )
    has_header = is_header(found[0], found[1:], named)
    width = max(len(row) for row in found) if not has_header else len(found[0])
    given = [cell.strip() for cell in found[0]] if has_header else [""] * width
    names = [name or f"column{place}" for place, name in enumerate(given, start=1)]
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(1, width + 2))
    encoding = "utf-8" if is_utf8 else "latin-1"
    select = (
        f"read_csv({literal(str(stream.path))}, auto_detect = false, header = {str(has_header).lower()}, "
        f"delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"strict_mode = false, null_padding = true, parallel = false, encoding = '{encoding}', "
        f"max_line_size = {LONGEST_LINE}, hive_partitioning = false)"
    )
    return names, select, has_header


def is_header(first: Sequence[str], others: Sequence[Sequence[str]], named: Sequence[str]) -> bool:
    """Whether a table's first row names its columns: one of them is known, or is unlike all below it."""
    cells = [cell.strip() for cell in first]
    if any(cell in named or field_of(cell) is not None for cell in cells if cell):
        return True
    if any(_VALUE.search(cell) for cell in cells):
        return False
    below = [row[: len(cells)] for row in others]
    values = [place for row in below for place, cell in enumerate(row) if _VALUE.search(cell)]
    return bool(values) and all(cells)


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) > 20:
                break
    except csv.Error:
        return rows
    return rows


def _is_utf8(stream: Input) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in stream.blocks():
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _refuse_many(names: Sequence[str], path: Path) -> None:
    if len(names) > MOST_COLUMNS:
        raise InputError(
            _("This sample has more than {most} columns."),
            do=_("Cut it into tables of fewer columns."),
            where=path,
            code="too_many_columns",
            most=MOST_COLUMNS,
        )
