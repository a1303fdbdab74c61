# SPDX-License-Identifier: Apache-2.0
"""People's tables, as SQL: CSV, Parquet and JSON lines, every column as it is written there.

Nothing is guessed: a CSV's dialect comes from its header alone, and what JSON writes as text stays text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.ingest.read.decompression import HEAD, kind_of
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.recognise import take_sample
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

DELIMITERS = ",;\t|"
LONGEST_LINE = 16 << 20
_JSON = {".jsonl": "newline_delimited", ".ndjson": "newline_delimited", ".json": "auto"}
_COMPRESSIONS = {None: "none", "gz": "gzip", "zst": "zstd"}


@dataclass(frozen=True, slots=True)
class RegisterFiles:
    """The files of one table of people's."""

    select: str
    """All their rows."""

    types: dict[str, str]
    """Column: DuckDB type."""

    where: str
    """As the user named them."""


def open_files(engine: Engine, folder: Path, patterns: list[str]) -> RegisterFiles:
    """The rows of the files that the patterns name; raises InputError for what is no table."""
    where = ", ".join(patterns)
    selects = [_select_sql(engine, stream) for stream in find_inputs(patterns, folder)]
    select = " union all by name ".join(selects)
    with reading(where):
        described = engine.rows(f"describe {select}")
    return RegisterFiles(f"({select})", {str(row[0]): str(row[1]) for row in described}, where)


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Turns the engine's refusal of a file into an error of the file; a full disk stays what it is."""
    try:
        yield
    except MachineError as error:
        if error.code != MachineError.code:
            raise
        raise InputError(
            _("This file cannot be read as a table."),
            do=_(
                "CSV (UTF-8, with a header, one kind of line end throughout, each row with as many cells),"
                " Parquet and JSON lines are read."
            ),
            where=where,
            code="unreadable",
        ) from None


def _select_sql(engine: Engine, stream: Input) -> str:
    compression = _compression(stream)
    path = literal(str(stream.path))
    suffix = _suffix(stream.path)
    if suffix == ".parquet" or (compression == "none" and _begins_with(stream.path, b"PAR1")):
        return f"select * from read_parquet({path}, hive_partitioning = false)"
    if suffix in _JSON:
        return _json_sql(engine, path, f"format = '{_JSON[suffix]}', compression = '{compression}'", stream)
    return _csv_sql(path, compression, stream)


def _compression(stream: Input) -> str:
    with stream.path.open("rb") as file:
        kind = kind_of(file.peek(HEAD)[:HEAD])
    if kind not in _COMPRESSIONS:
        raise InputError(
            _("A table is not read from a file of this kind ({kind})."),
            do=_("Unpack it first: plain, gz and zst files are read."),
            where=stream.label,
            code="nested_archive",
            kind=str(kind),
        )
    return _COMPRESSIONS[kind]


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _suffix(path: Path) -> str:
    suffixes = [s.lower() for s in path.suffixes if s.lower() not in (".gz", ".zst")]
    return suffixes[-1] if suffixes else ""


def _json_sql(engine: Engine, path: str, options: str, stream: Input) -> str:
    """Every value as the text that is written: the engine would take a text for a date and lose its zone."""
    with reading(stream.label):
        found = engine.rows(f"describe select * from read_json({path}, {options}, sample_size = -1)")
    kinds = {str(row[0]): "VARCHAR[]" if str(row[1]).endswith("[]") else "VARCHAR" for row in found}
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    return (
        f"select * from read_json({path}, {options}, columns = {{{columns}}}, "
        f"maximum_object_size = {LONGEST_LINE}, hive_partitioning = false)"
    )


def _csv_sql(path: str, compression: str, stream: Input) -> str:
    delimiter, names = csv_header(stream)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"select * from read_csv({path}, auto_detect = false, header = true, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, strict_mode = true, null_padding = false, "
        f"compression = '{compression}', max_line_size = {LONGEST_LINE}, hive_partitioning = false)"
    )


def csv_header(stream: Input) -> tuple[str, list[str]]:
    """The delimiter that makes most columns of the first line, and their names.

    Raises InputError for a file without a header, or with two columns of one name.
    """
    text = take_sample(stream).text
    rows = {d: next(csv.reader(io.StringIO(text, newline=""), delimiter=d), []) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: (len(rows[d]), -DELIMITERS.index(d)))
    names = [name.strip() or f"column{place}" for place, name in enumerate(rows[delimiter], start=1)]
    if not any(name.strip() for name in rows[delimiter]):
        raise InputError(
            _("This table is empty: it has no header."),
            do=_("Export it again, with the names of its columns on the first line."),
            where=stream.label,
            code="no_header",
        )
    twice = sorted({name for name in names if [n.lower() for n in names].count(name.lower()) > 1})
    if twice:
        raise InputError(
            _("Two columns are named {value}."),
            do=_("Give each its own name."),
            where=stream.label,
            code="same_column",
            value=quote(twice[0]),
        )
    return delimiter, names
