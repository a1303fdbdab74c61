# SPDX-License-Identifier: Apache-2.0
"""A file of answers as the call centre keeps it: every row, and what is wrong with it.

A CSV with `answer`, `at`, `by`, and one of `code`, `reference`, or `registry` and `person`; where there is a
new way, `name`, `email`, `address`. It comes from outside: no cell is a formula, none is too long.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tocsin.core.cells import is_formula
from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _, visible
from tocsin.notify.genuine.verify_notice import read_code

ANSWERS: Final = ("not_me", "moved", "guardian", "deceased", "do_not_write", "wants_list")
ORIGINS: Final = ("person", "relative", "carrier")
NEEDED: Final = ("answer", "at", "by")
COLUMNS: Final = (*NEEDED, "code", "reference", "registry", "person", "origin", "name", "email", "address")
WITH_WAY: Final = ("moved", "guardian")
"""Answers that give a new way of writing."""

LONGEST: Final = 400
MOST_BYTES: Final = 64 << 20
_BREAKS: Final = str.maketrans("\r\n", ",,")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row that reads well; `number` counts rows from 1, the head left out."""

    number: int
    answer: str
    at: datetime
    by: str
    origin: str
    identified: Mapping[str, str] = field(repr=False)
    """`code`, `reference`, or `registry` and `person`."""
    name: str = field(repr=False)
    email: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def digest(self) -> str:
        """The same row, taken in again, has the same one."""
        told = [self.answer, self.at.isoformat(), dict(self.identified), self.name, self.email, self.address]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Read:
    """A whole file: rows that read well, and by row what is wrong with the others. No value stands here."""

    rows: list[AnswerRow] = field(default_factory=list)
    faults: dict[int, list[str]] = field(default_factory=dict)


def read_answers(content: bytes, zone: str, now: datetime) -> Read:
    """Every row. Raises InputError for what is no such file."""
    found = Read()
    for number, cells in enumerate(_cells(content), start=1):
        faults = list(_faults(cells, zone, now))
        if faults:
            found.faults[number] = faults
        else:
            found.rows.append(_row(number, cells, zone))
    return found


def _cells(content: bytes) -> Iterator[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise InputError(_("The file of answers is too large."), do=_("Give it in parts."), code="too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            _("The file of answers is not UTF-8."), do=_("Save it as CSV UTF-8."), code="not_utf8"
        ) from None
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    # Strict: a quote that nothing closes must not swallow the rows below it.
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        _refuse_columns(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                yield {"cells": ""}
            else:
                yield {name: (value or "").strip().removeprefix("'") for name, value in row.items()}
    except csv.Error:
        raise InputError(
            _("The file of answers is no CSV (line {line})."),
            do=_("Check its quotes."),
            code="no_csv",
            line=reader.line_num,
        ) from None


def _refuse_columns(names: object) -> None:
    held = list(names) if isinstance(names, (list, tuple)) else []
    for name in NEEDED:
        if name not in held:
            raise InputError(
                _("There is no column '{name}'."), do=suggest(name, held), code="no_column", name=name
            )
    for name in held:
        if name not in COLUMNS or held.count(name) > 1:
            raise InputError(
                _("The column '{name}' is unknown, or there twice."),
                do=_("Known: {known}."),
                code="unknown_column",
                name=visible(str(name))[:LONGEST],
                known=", ".join(COLUMNS),
            )


def _faults(cells: Mapping[str, str], zone: str, now: datetime) -> Iterator[str]:
    if "cells" in cells:
        yield "cells_do_not_fit"
        return
    answer = cells["answer"]
    if answer not in ANSWERS:
        yield "unknown_answer"
    at = _instant(cells["at"], zone)
    if at is None:
        yield "no_instant"
    elif at > now:
        yield "in_the_future"
    if not cells["by"]:
        yield "nobody_took_it"
    if cells.get("origin") and cells["origin"] not in ORIGINS:
        yield "unknown_origin"
    yield from _faults_of_identity(cells)
    if any(is_formula(value) for value in cells.values()):
        yield "formula"
    if any(len(value) > LONGEST for value in cells.values()):
        yield "too_long"
    if answer in WITH_WAY and not (cells.get("email") or cells.get("address")):
        yield "no_new_way"
    if answer == "guardian" and not cells.get("name"):
        yield "no_name"


def _faults_of_identity(cells: Mapping[str, str]) -> Iterator[str]:
    given = [bool(cells.get("code")), bool(cells.get("reference"))]
    given.append(bool(cells.get("registry") or cells.get("person")))
    if sum(given) != 1:
        yield "not_one_person"
    elif given[0] and read_code(cells["code"]) is None:
        yield "code_miscopied"
    elif given[2] and not (cells.get("registry") and cells.get("person")):
        yield "not_one_person"


def _row(number: int, cells: Mapping[str, str], zone: str) -> AnswerRow:
    at = _instant(cells["at"], zone)
    assert at is not None  # noqa: S101  # or the row has a fault
    identified = {name: cells[name] for name in ("reference", "registry", "person") if cells.get(name)}
    if cells.get("code"):
        identified["code"] = read_code(cells["code"]) or ""
    return AnswerRow(
        number,
        cells["answer"],
        at,
        visible(cells["by"]),
        cells.get("origin") or "person",
        identified,
        " ".join(cells.get("name", "").split()),
        cells.get("email", ""),
        cells.get("address", "").translate(_BREAKS),
    )


def _instant(text: str, zone: str) -> datetime | None:
    """A day, or an instant; without a zone, in that of the case."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))
