# SPDX-License-Identifier: Apache-2.0
"""Cuts the content of a file into records, one kind of reader after another.

A record is a line, a CSV row, or an element of a JSON array. What cannot be read stays a
record, marked broken; blank lines and CSV headers are records that are no events.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.recount.errors import CannotRecount
from tocsin.recount.partial_json import DECODER, is_merely_cut, read_whole_members
from tocsin.recount.values import Table

Body = Table | list[str] | str
"""What a record holds: a JSON object, the cells of a CSV row by name or by place, or a line."""


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    item: int
    text: str
    body: Body
    whole: bool = True
    """False: cut or broken; only what `body` holds was read whole."""
    problem: str | None = None
    """Why it is set aside."""
    non_event: str | None = None
    """Why it is no event."""


@dataclass(frozen=True, slots=True)
class CsvShape:
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    encoding: str = "utf-8"


SPACES = " \t\v\f\r"
"""What a blank line may hold: other signs that look like spaces may be what is left of a record."""

JSON_SPACES = " \t\r\n"
BAD_BYTES = "recount-json"


def _escaped_bytes(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as a JSON text says `\\xNN`: one such byte hides no record."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"\\\\x{byte:02x}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(BAD_BYTES, _escaped_bytes)


def split_lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line, from 1, without its end."""
    lines = body.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield number, line.removesuffix(b"\r")


def cut_lines(body: bytes) -> Iterator[Record]:
    for number, line in split_lines(body):
        text = line.decode("utf-8", "backslashreplace")
        blank = None if text.strip(SPACES) else "blank"
        yield Record(number, 0, text, text, non_event=blank)


def cut_json_lines(body: bytes) -> Iterator[Record]:
    for number, line in split_lines(body):
        text = line.decode("utf-8", BAD_BYTES)
        if not text.strip(SPACES):
            yield Record(number, 0, text, {}, non_event="blank")
            continue
        yield _json_line(number, text)


def _json_line(number: int, text: str) -> Record:
    try:
        value, end = DECODER.raw_decode(text, len(text) - len(text.lstrip(JSON_SPACES)))
        if rest := text[end:].strip(JSON_SPACES):
            raise json.JSONDecodeError("Extra data", text, text.index(rest, end))
    except (ValueError, RecursionError) as error:
        read = read_whole_members(text) if is_merely_cut(text, error) else {}
        return Record(number, 0, text, read, whole=False, problem="broken")
    if not isinstance(value, dict) or _has_half_a_pair(value):
        return Record(number, 0, text, {}, whole=False, problem="broken")
    return Record(number, 0, text, value)


def _has_half_a_pair(value: object) -> bool:
    """Whether an escape stands for half of a character (`\\ud800`): no text can hold it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


ARRAY_IN_OBJECT = re.compile(r'\s*\{(?:.*?[{,\s])?"(?:Records|entry)"\s*:\s*\[', re.DOTALL)


def cut_json_array(body: bytes) -> Iterator[Record]:
    """Elements of one array, bare or under `Records` or `entry`; from a break on, one broken record."""
    text = body.decode("utf-8", "surrogateescape")
    if not text.strip():
        return
    opening = re.match(r"\s*\[", text) or ARRAY_IN_OBJECT.match(text)
    if opening is None:
        yield _rest(text, 0, 0)
        return
    at, item = _skip(text, opening.end()), 0
    while text[at : at + 1] != "]":
        try:
            value, end = DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield _rest(text, at, item)
            return
        yield _element(text, at, end, item, value)
        item += 1
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            yield _rest(text, at, item)
            return


def _element(text: str, at: int, end: int, item: int, value: object) -> Record:
    line, raw = text.count("\n", 0, at) + 1, text[at:end]
    if not isinstance(value, dict) or re.search("[\udc80-\udcff]", raw):
        return Record(line, item, raw.encode("utf-8", "replace").decode(), {}, whole=False, problem="broken")
    return Record(line, item, raw, value)


def _rest(text: str, at: int, item: int) -> Record:
    rest = text[at:].encode("utf-8", "replace").decode()
    return Record(text.count("\n", 0, at) + 1, item, rest, {}, whole=False, problem="broken")


def _skip(text: str, at: int) -> int:
    found = re.compile(r"\s*").match(text, at)
    return found.end() if found else at


def cut_csv(body: bytes, shape: CsvShape) -> Iterator[Record]:
    try:
        text = body.decode(shape.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise CannotRecount(f"a CSV file is not in {shape.encoding}") from error
    names: list[str] | None = None
    for line, row, closed in _csv_rows(text, shape):
        if not closed:
            yield Record(line, 0, row, {}, whole=False, problem="broken")
        elif not row.strip():
            yield Record(line, 0, row, {}, non_event="blank")
        elif shape.header and names is None:
            names = read_cells(row, shape)
            yield Record(line, 0, row, {}, non_event="header")
        else:
            yield _csv_record(line, row, names, shape)


def _csv_record(line: int, row: str, names: list[str] | None, shape: CsvShape) -> Record:
    cells = read_cells(row, shape)
    if names is None:
        return Record(line, 0, row, cells)
    if len(cells) < len(names):
        whole = dict(zip(names, cells[:-1], strict=False))
        return Record(line, 0, row, dict(whole), whole=False, problem="broken")
    if len(cells) > len(names):
        return Record(line, 0, row, {}, whole=False, problem="broken")
    return Record(line, 0, row, dict(zip(names, cells, strict=True)))


def read_cells(row: str, shape: CsvShape) -> list[str]:
    return next(csv.reader([row], delimiter=shape.delimiter, quotechar=shape.quote), [])


def _csv_rows(text: str, shape: CsvShape) -> Iterator[tuple[int, str, bool]]:
    """Line of its start, text, and whether its quotes were closed, for each row (RFC 4180)."""
    start, pieces, inside = 1, list[str](), False
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        start = start if pieces else number
        pieces.append(line)
        inside = _ends_inside(line, inside, shape)
        if not inside:
            yield start, "\n".join(pieces).removesuffix("\r"), True
            pieces.clear()
    if pieces:
        yield start, "\n".join(pieces), False


def _ends_inside(line: str, inside: bool, shape: CsvShape) -> bool:
    """Whether the line ends inside quotes; a quote opens at the start of a cell, or doubled."""
    before = shape.delimiter
    for character in line:
        if character == shape.quote:
            inside = not inside and before in (shape.delimiter, shape.quote)
        before = character
    return inside
