# SPDX-License-Identifier: Apache-2.0
"""Indicators of a table: `type,value[,from,until]`, or one column of values whose kinds are recognised."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.hunt.indicators import BadValueError, Indicator, IndicatorFile, Kind, Unread, make_test, recognise
from tocsin.hunt.tlp import read_tlp, strictest

DELIMITERS: Final = ",;\t|"
HEADERS: Final = {
    "type": ("type", "kind", "indicator_type", "genre"),
    "value": ("value", "indicator", "indicateur", "valeur", "ioc"),
    "from": ("from", "since", "first_seen", "depuis", "debut"),
    "until": ("until", "last_seen", "jusque", "fin"),
    "tlp": ("tlp",),
}
KINDS: Final = {
    **{kind.value: kind for kind in Kind},
    "ip": Kind.ADDRESS,
    "ipv4": Kind.ADDRESS,
    "ipv6": Kind.ADDRESS,
    "cidr": Kind.ADDRESS,
    "ip-src": Kind.ADDRESS,
    "ip-dst": Kind.ADDRESS,
    "adresse": Kind.ADDRESS,
    "login": Kind.ACCOUNT,
    "user": Kind.ACCOUNT,
    "target-user": Kind.ACCOUNT,
    "compte": Kind.ACCOUNT,
    "rpps": Kind.PROFESSIONAL_ID,
    "adeli": Kind.PROFESSIONAL_ID,
    "agent": Kind.USER_AGENT,
    "user-agent": Kind.USER_AGENT,
    "useragent": Kind.USER_AGENT,
    "mail": Kind.EMAIL,
    "courriel": Kind.EMAIL,
    "filename": Kind.FILE_NAME,
    "file": Kind.FILE_NAME,
    "fichier": Kind.FILE_NAME,
    "hash": Kind.SHA256,
    "sha-256": Kind.SHA256,
    "appareil": Kind.DEVICE,
    "uri": Kind.OBJECT,
    "path": Kind.OBJECT,
}
"""Words of a column `type`."""

_NOT_IN_LOGS: Final = (
    "md5",
    "sha1",
    "sha-1",
    "domain",
    "hostname",
    "url",
    "mutex",
    "regkey",
    "ssdeep",
    "imphash",
)
_LONGEST_CELL: Final = 1 << 16


def read_listing(text: str, path: Path) -> IndicatorFile:
    """Read a table. Raises InputError for an empty one, and for one whose columns say nothing."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), None)
    delimiter = max(DELIMITERS, key=lambda sign: ((first or "").count(sign), -DELIMITERS.index(sign)))
    rows = _rows(text, delimiter, path)
    if first is None or not rows:
        raise InputError(
            _("This file of indicators is empty."), do=_("Check the path."), where=path, code="empty"
        )
    columns = _columns(rows[0][1])
    if "value" in columns:
        return _read_rows(rows[1:], columns)
    if delimiter in first:
        raise InputError(
            _("The columns of this table say nothing of indicators."),
            do=_("Begin it with the line: type,value,from,until."),
            where=path,
            code="no_header",
        )
    return _read_values(rows)


def _rows(text: str, delimiter: str, path: Path) -> list[tuple[int, list[str]]]:
    """Each row that is not blank, with its line."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise InputError(
            _("This file cannot be read as a table."),
            do=_("Write one indicator a line, as type,value."),
            where=path,
            code="unreadable",
        ) from None


def _columns(header: list[str]) -> dict[str, int]:
    """Which column is where; none when the first line is a row already."""
    names = [cell.strip().strip("﻿#").strip().lower() for cell in header]
    return {
        ours: names.index(theirs) for ours, known in HEADERS.items() for theirs in known if theirs in names
    }


def _read_rows(rows: list[tuple[int, list[str]]], columns: dict[str, int]) -> IndicatorFile:
    found = IndicatorFile("csv" if "type" in columns else "list")
    counted: Counter[str] = Counter()
    for line, row in rows:
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        _read_row(found, f"line {line}", cells, counted)
    found.recognised = dict(sorted(counted.items()))
    found.tlp = strictest(indicator.tlp for indicator in found.indicators)
    return found


def _read_values(rows: list[tuple[int, list[str]]]) -> IndicatorFile:
    """A list without a header; a first line that names a kind gives it to all."""
    named = KINDS.get(rows[0][1][0].strip().lower())
    found = IndicatorFile("list")
    counted: Counter[str] = Counter()
    for line, row in rows[1:] if named else rows:
        if not row[0].lstrip().startswith("#"):
            cells = {"value": row[0].strip(), "type": named.value if named else ""}
            _read_row(found, f"line {line}", cells, counted)
    found.recognised = dict(sorted(counted.items()))
    return found


def _read_row(found: IndicatorFile, name: str, cells: dict[str, str], counted: Counter[str]) -> None:
    typed, value = cells.get("type", "").lower(), cells["value"]
    told = f"{typed}: {value}" if typed else value
    kind = KINDS.get(typed) or KINDS.get(typed.replace("_", "-"))
    if kind is None and typed:
        why = "not_in_logs" if typed in _NOT_IN_LOGS else "not_understood"
        found.unread.append(Unread(name, told, why))
        return
    if kind is None:
        kind = recognise(value)
        counted[kind.value] += 1
    bounds = list(_bounds(cells))
    try:
        test = make_test(kind, value)
    except BadValueError:
        found.unread.append(Unread(name, told, "bad_value"))
        return
    if any(bound is _UNREADABLE for bound in bounds):
        found.unread.append(Unread(name, told, "bad_instant"))
        return
    since, until = (bound if isinstance(bound, datetime) else None for bound in bounds)
    tlp = read_tlp(cells.get("tlp", ""))
    found.indicators.append(
        Indicator(name, f"{kind.value}: {test.value}", (((test,),),), since, until, tlp=tlp)
    )


_UNREADABLE: Final = object()


def _bounds(cells: dict[str, str]) -> Iterator[object]:
    """`from` and `until`: an instant with its zone, a bare date at its midnight in UTC, or nothing."""
    for name in ("from", "until"):
        text = cells.get(name, "")
        if not text:
            yield None
            continue
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            yield _UNREADABLE
            continue
        is_date = len(text) == len("2020-07-21")
        yield instant.replace(tzinfo=UTC) if is_date else instant if instant.tzinfo else _UNREADABLE
