# SPDX-License-Identifier: Apache-2.0
"""The values of `insert into … values` and of `copy`, as texts: unescaped, decoded, null where they are null.

Bytes that are no text (`_binary`, `0x…`) are null, as everywhere in people's tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from tocsin.store.dumps.statements import ESCAPED, PLAIN

TOKENS_AT_ONCE: Final = 200_000
Column = list[str | None]
_NESTED: Final = (
    rb"[\w.]*+\s*+\((?:[^()']++|TEXT|\((?:[^()']++|TEXT|\((?:[^()']++|TEXT)*+\))*+\))*+\)[^,()']*+"
)
_TOKEN: Final = (
    rb"(?s)(\s*+,?+\s*+\()?+\s*+(?:([A-Za-z_]\w*+\s?+)?+(TEXT)(?:::[\w\s\".\[\]]++)?+|(NESTED)"
    rb"|([^,()'\s]++(?:\s++[^,()'\s]++)*+))\s*+([,)])|(.)"
)
_BARE: Final = re.compile(rb"(?i)true|false|[-+]?[\d.]+(?:e[-+]?\d+)?")
_BYTES: Final = re.compile(rb"(?i)0x[0-9a-f]*")
_SQL_ESCAPE: Final = re.compile(r"''|\\(.)", re.DOTALL)
_COPY_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_MEANT: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_COPIED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def _tokens_of(text: bytes) -> re.Pattern[bytes]:
    nested = _NESTED.replace(b"TEXT", text)
    return re.compile(_TOKEN.replace(b"TEXT", text).replace(b"NESTED", nested))


_TOKENS: Final = {True: _tokens_of(ESCAPED), False: _tokens_of(PLAIN)}


class NoValues(Exception):  # noqa: N818  # caught where the place is known
    """What stands there is no row of literal values."""


def inserted(text: bytes, *, has_escapes: bool, encoding: str, is_strict: bool) -> Iterator[list[Column]]:
    """Columns of the rows of `(…), (…)`, some thousands at once.

    Raises NoValues for what is cut short or no row; where it `is_strict`, also for what is no literal (a
    call), which is null otherwise.
    """
    found = _TOKENS[has_escapes].finditer(text)
    head = list(islice(found, TOKENS_AT_ONCE))
    width = next((n for n, token in enumerate(head, start=1) if token[6] == b")"), 0)
    if not width:
        raise NoValues
    while head:
        whole = len(head) - len(head) % width
        rows = _rows_of(head[:whole], width)
        if rows:
            tokens = head[: rows * width]
            yield [
                [_value(token, has_escapes, encoding, is_strict) for token in tokens[n::width]]
                for n in range(width)
            ]
        if rows * width < whole:
            raise NoValues
        rest = head[whole:]
        head = rest + list(islice(found, TOKENS_AT_ONCE))
        if len(head) == len(rest) and head:
            raise NoValues


def _rows_of(tokens: list[re.Match[bytes]], width: int) -> int:
    """How many rows are as they should be, from the first on."""
    for number, token in enumerate(tokens):
        is_first, is_last = number % width == 0, number % width == width - 1
        fits = token[7] is None and (token[1] is not None) == is_first and (token[6] == b")") == is_last
        if not fits:
            return number // width
    return len(tokens) // width


def _value(token: re.Match[bytes], has_escapes: bool, encoding: str, is_strict: bool) -> str | None:
    text, bare = token[3], token[5]
    if text is not None:
        prefix = (token[2] or b"").strip().lower()
        if prefix in (b"x", b"_binary"):
            return None
        return _unescaped(decoded(text[1:-1], encoding), has_escapes or prefix == b"e")
    if bare is not None:
        if bare.upper() == b"NULL" or _BYTES.fullmatch(bare):
            return None
        if _BARE.fullmatch(bare):
            return decoded(bare, encoding)
    if is_strict:
        raise NoValues
    return None


def _unescaped(text: str, has_escapes: bool) -> str:
    if has_escapes and "\\" in text:
        return _SQL_ESCAPE.sub(lambda m: _MEANT.get(m[1], m[1]) if m[1] else "'", text)
    return text.replace("''", "'") if "'" in text else text


def copied(lines: bytes, columns: tuple[str, ...], encoding: str) -> pa.RecordBatch:
    """The rows of some lines of a `copy`. Raises NoValues for a row that has not so many values."""
    if encoding != "utf-8":
        lines = decoded(lines, encoding).encode()
    try:
        table = _parsed(lines, columns)
    except pa.ArrowInvalid:
        try:
            table = _parsed(decoded(lines, encoding).encode(), columns)
        except pa.ArrowInvalid:
            raise NoValues from None
    arrays = [_meant(column.combine_chunks()) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _parsed(lines: bytes, columns: tuple[str, ...]) -> pa.Table:
    places = [str(n) for n in range(len(columns))]
    return arrow_csv.read_csv(
        pa.BufferReader(lines),
        arrow_csv.ReadOptions(use_threads=False, block_size=len(lines) + 1, column_names=places),
        arrow_csv.ParseOptions(
            delimiter="\t", quote_char=False, double_quote=False, escape_char=False, ignore_empty_lines=False
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()), null_values=["\\N"], strings_can_be_null=True
        ),
    )


def _meant(column: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring(column, "\\")).as_py():
        return column
    return pa.array([_uncopied(cell) for cell in column.to_pylist()], pa.string())


def _uncopied(cell: str | None) -> str | None:
    return cell if cell is None or "\\" not in cell else _COPY_ESCAPE.sub(_copied_sign, cell)


def _copied_sign(found: re.Match[str]) -> str:
    sign = found[1]
    if sign[0] == "x" and len(sign) > 1:
        return chr(int(sign[1:], 16))
    return chr(int(sign, 8)) if sign.isdigit() and sign[0] < "8" else _COPIED.get(sign, sign)


def decoded(text: bytes, encoding: str) -> str:
    """What is no character of the encoding stays visible as what it is."""
    return text.decode(encoding, "backslashreplace")
