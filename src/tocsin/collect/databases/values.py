# SPDX-License-Identifier: Apache-2.0
"""Rows as JSON lines: column names as keys, each value as exact as JSON can hold it.

A number that JSON readers would round (a decimal, an integer beyond 64 bits) is text; binary is hexadecimal;
an instant with its zone is ISO 8601 with the offset, one without stays local text; null is null.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import msgspec

Plain = None | bool | int | float | str | msgspec.Raw | list["Plain"] | dict[str, "Plain"]

_LARGEST: Final = 1 << 63


def line_of(names: Sequence[str], row: Sequence[object]) -> bytes:
    """One row as one line, with its end."""
    values = {name: plain(value) for name, value in zip(names, row, strict=True)}
    try:
        return msgspec.json.encode(values) + b"\n"
    except UnicodeEncodeError:
        return msgspec.json.encode({_whole(name): _whole(value) for name, value in values.items()}) + b"\n"


def plain(value: object) -> Plain:
    """A driver's value as JSON has it."""
    convert = _PLAIN.get(type(value))
    if convert is not None:
        return convert(value)
    for kind, function in _PLAIN.items():
        if isinstance(value, kind):
            return function(value)
    return str(value)


def text_of(value: object) -> str | None:
    """The same value as the text that a table of texts has."""
    found = plain(value)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, msgspec.Raw):
        return bytes(found).decode("utf-8")
    return msgspec.json.encode(found).decode("utf-8")


def json_text(text: bytes) -> msgspec.Raw:
    """JSON that a database holds, to stand in a line as it is: line ends in it are but spaces."""
    return msgspec.Raw(text.replace(b"\r", b" ").replace(b"\n", b" ") or b"null")


def _integer(value: int) -> int | str:
    return value if -_LARGEST <= value < _LARGEST else str(value)


def _float(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _decimal(value: Decimal) -> str:
    return format(value, "f") if value.is_finite() else str(value)


def _list(values: Sequence[object]) -> list[Plain]:
    return [plain(value) for value in values]


def _table(values: Mapping[object, object]) -> dict[str, Plain]:
    return {str(key): plain(value) for key, value in values.items()}


def _same(value: Plain) -> Plain:
    return value


def _whole(value: Plain) -> Plain:
    """Text with half a character in it, which UTF-8 cannot write, has it spelt out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {str(_whole(key)): _whole(one) for key, one in value.items()}
    return value


_PLAIN: Final[dict[type, Callable[..., Plain]]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    int: _integer,
    float: _float,
    Decimal: _decimal,
    bytes: bytes.hex,
    bytearray: bytearray.hex,
    memoryview: memoryview.hex,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    list: _list,
    tuple: _list,
    dict: _table,
    msgspec.Raw: _same,
}
"""In this order for kinds that descend from others: a bool is an int, a datetime is a date."""
