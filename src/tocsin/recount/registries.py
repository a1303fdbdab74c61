# SPDX-License-Identifier: Apache-2.0
"""Registries, records and other tables of the case, read whole into rows.

`Directory` answers who a local id is, whose a record is, and what was so at a given instant.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from tocsin.recount.case import Case, TableOfCase
from tocsin.recount.errors import CannotRecount
from tocsin.recount.files import Budget, read_contents
from tocsin.recount.instants import Period, registry_instant
from tocsin.recount.values import Table, text_of


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a registry or of a table of records."""

    ours: Table
    theirs: Table
    valid: Period

    def text(self, column: str) -> str | None:
        return text_of(self.ours.get(column))


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of the case with its rows."""

    table: TableOfCase
    rows: tuple[Row, ...]
    key: str
    """`person` for a registry, `record` for a table of records."""

    @property
    def has_history(self) -> bool:
        return "valid_from" in self.table.columns

    def by_id(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            if (local := row.text(self.key)) is not None:
                found.setdefault(local, []).append(row)
        return found


def read_listing(case: Case, table: TableOfCase, key: str, budget: Budget) -> Listing:
    if key not in table.columns:
        raise CannotRecount(f"{table.name}: its columns name no {key}")
    theirs = read_rows(case.folder, table.paths, budget)
    rows = tuple(_row(table, one, case.zone) for one in theirs)
    return Listing(table, rows, key)


def _row(table: TableOfCase, theirs: Table, zone: ZoneInfo) -> Row:
    ours = {name: _pick(theirs, their_name) for name, their_name in table.columns.items()}
    valid = Period(
        registry_instant(ours.get("valid_from"), zone),
        registry_instant(ours.get("valid_until"), zone),
    )
    return Row(ours, theirs, valid)


def _pick(theirs: Table, name: object) -> object:
    if isinstance(name, list):
        parts = [text_of(_pick(theirs, one)) for one in name]
        return " ".join(part for part in parts if part) or None
    value = theirs.get(str(name))
    return None if value == "" else value


def read_rows(folder: Path, paths: Iterable[str], budget: Budget) -> list[Table]:
    rows: list[Table] = []
    for content in read_contents(folder, paths, budget):
        rows.extend(_reader(content.path, content.body)(content.body))
    return rows


def _reader(path: str, body: bytes) -> Callable[[bytes], list[Table]]:
    if body.startswith(b"PAR1"):
        return read_parquet
    if re.search(r"\.(jsonl|ndjson)(\.|$)", path):
        return _read_json_lines
    if re.search(r"\.(csv|tsv|txt)(\.|$)", path):
        return _read_csv
    raise CannotRecount(f"{Path(path).name}: the recount reads csv, jsonl and parquet tables")


def read_parquet(body: bytes) -> list[Table]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise CannotRecount("a table is in Parquet and pyarrow is not installed") from error
    return cast("list[Table]", parquet.ParquetFile(io.BytesIO(body)).read().to_pylist())


def _read_json_lines(body: bytes) -> list[Table]:
    return [json.loads(line) for line in body.decode("utf-8").splitlines() if line.strip()]


def _read_csv(body: bytes) -> list[Table]:
    text = body.decode("utf-8")
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)]


class Directory:
    """All registries and tables of records of a case, by id."""

    def __init__(self, case: Case, budget: Budget) -> None:
        self.registries = [read_listing(case, one, "person", budget) for one in case.registries]
        self.records = [read_listing(case, one, "record", budget) for one in case.records]
        self.zone = case.zone
        self._persons = {one.table.name: one.by_id() for one in self.registries}
        self._records = {one.table.name: one.by_id() for one in self.records}
        self._shapes = {name: Shape.of(ids) for name, ids in self._persons.items()}
        self._controllers = _list_controllers(case, budget)
        self._of_source = {one.name: one.controller for one in case.sources}

    def find_registry(self, source: str, domain: str | None) -> str | None:
        """The registry that a source's local ids belong to."""
        tables = [one.table for one in self.registries]
        if domain is not None and (named := [one for one in tables if one.domain == domain]):
            return named[0].name
        listed = [one for one in tables if source in one.sources]
        found = listed or [one for one in tables if not one.sources]
        if len(found) > 1:
            raise CannotRecount(f"source {source} belongs to several registries; the rule should name one")
        return found[0].name if found else None

    def has_person(self, registry: str | None, person: str) -> bool:
        return person in self._persons.get(registry or "", {})

    def could_be_person(self, registry: str | None, person: str) -> bool:
        """Whether a local id is in the registry, or could have been: its pattern, or the shape of its ids."""
        if registry is None or self.has_person(registry, person):
            return True
        table = next(one.table for one in self.registries if one.table.name == registry)
        if table.person_pattern is not None:
            return re.fullmatch(table.person_pattern, person) is not None
        return self._shapes[registry].has(person)

    def find_records(self, record_type: str, record: str) -> list[Row]:
        return self._records.get(record_type, {}).get(record, [])

    def registry_of_records(self, record_type: str | None, otherwise: str | None) -> str | None:
        """The registry of the persons of a table of records, where the case says it."""
        table = next((one.table for one in self.records if one.table.name == record_type), None)
        return (table.registry if table else None) or otherwise

    def find_controller(
        self, source: str, registry: str | None, person: str | None, record: Row | None, at: datetime
    ) -> str | None:
        """The record's, else the registry row's, else the source's, else the only one, else none."""
        if record is not None and (named := record.text("controller")) is not None:
            return named
        rows = self._persons.get(registry or "", {}).get(person or "", [])
        current = [row for row in rows if row.valid.has(at)] or rows[-1:]
        if current and (named := current[0].text("controller")) is not None:
            return named
        only = self._controllers[0] if len(self._controllers) == 1 else None
        return self._of_source.get(source) or only


def _list_controllers(case: Case, budget: Budget) -> list[str | None]:
    names = [text_of(one.get("id")) for one in case.controllers if "paths" not in one]
    for one in case.controllers:
        paths = one.get("paths")
        if isinstance(paths, list):
            rows = read_rows(case.folder, [str(path) for path in paths], budget)
            names.extend(text_of(row.get("id")) for row in rows)
    return names


@dataclass(frozen=True, slots=True)
class Shape:
    """What the ids of a registry have in common: how long they are, and of which kinds of characters."""

    lengths: range
    kinds: frozenset[str]

    @classmethod
    def of(cls, ids: Iterable[str]) -> Shape:
        known = list(ids)
        lengths = [len(one) for one in known] or [0]
        kinds = frozenset(kind_of(one) for one in "".join(known))
        return cls(range(min(lengths), max(lengths) + 1), kinds)

    def has(self, local: str) -> bool:
        return len(local) in self.lengths and self.kinds.issuperset(kind_of(one) for one in local)


def kind_of(character: str) -> str:
    """Digit, capital or small letter of ASCII; any other character is a kind of its own."""
    if not character.isascii() or not character.isalnum():
        return character
    return "digit" if character.isdigit() else "capital" if character.isupper() else "small"
