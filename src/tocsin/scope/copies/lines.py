# SPDX-License-Identifier: Apache-2.0
"""The rows of copies as lines of one relation: traits of the person, and what the row holds of whom, as bits.

Columns are as case.toml says, else as their names and values tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from tocsin.core.settings import FileSettings
from tocsin.core.terms import Category
from tocsin.scope.profiles.cells import trimmed, with_bare
from tocsin.scope.profiles.columns import Column, read_columns
from tocsin.scope.profiles.content import Content, Unreadable, content_of
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.scope.profiles.people import TRAITS, bare_places, cleaned_batch, forms_of, trait_sql
from tocsin.scope.profiles.profile import chunks_of, find_reader
from tocsin.scope.profiles.scan import list_members
from tocsin.store.engine import Engine
from tocsin.store.query import literal

BITS: Final = {category.value: place for place, category in enumerate(Category)}
"""A category's bit."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy that was read."""

    number: int
    member: str | None
    bytes: int | None
    changed_at: datetime | None
    kind: str | None
    rows: int
    mask: int
    unreadable: str | None
    files: str = ""
    path: str = ""
    sha256: str = ""

    def of(self, files: str, path: str, sha256: str) -> Copy:
        """With what the settings and the case know of it."""
        return replace(self, files=files, path=path, sha256=sha256)

    @staticmethod
    def table(copies: Sequence[Copy]) -> pa.Table:
        """As a relation."""
        schema = pa.schema(
            [
                pa.field("copy", pa.int64()),
                pa.field("files", pa.string()),
                pa.field("path", pa.string()),
                pa.field("member", pa.string()),
                pa.field("sha256", pa.string()),
                pa.field("bytes", pa.int64()),
                pa.field("changed_at", pa.timestamp("us", "UTC")),
                pa.field("kind", pa.string()),
                pa.field("rows", pa.int64()),
                pa.field("mask", pa.int64()),
                pa.field("unreadable", pa.string()),
            ]
        )
        rows = [
            (
                c.number,
                c.files,
                c.path,
                c.member,
                c.sha256,
                c.bytes,
                c.changed_at,
                c.kind,
                c.rows,
                c.mask,
                c.unreadable,
            )
            for c in copies
        ]
        return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def create_lines(engine: Engine) -> None:
    """Make the relations `raw_lines` and `category_bits`."""
    traits = ", ".join(f"{name} {'date' if name == 'birth_date' else 'varchar'}" for name in TRAITS)
    engine.run(
        "create or replace temp table raw_lines (copy bigint, origin varchar, files varchar,"
        f" registry varchar, line bigint, mask bigint, {traits})"
    )
    bits = pa.table(
        {"category": list(BITS), "bit": pa.array([1 << bit for bit in BITS.values()], pa.int64())}
    )
    engine.register("category_bits", bits)


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to read, and how."""

    path: Path
    sha256: str
    settings: FileSettings
    readers: Sequence[Reader]


def read_copy(engine: Engine, asked: Asked, first: int) -> Iterator[Copy]:
    """Add the rows of a file, and of each member of an archive, to `raw_lines`; `first` is its number."""
    whole = content_of(asked.path)
    empty = Copy(first, None, whole.size, _changed(asked, whole), None, 0, 0, None)
    try:
        opened = list_members(whole) if whole.size else iter([whole])
    except Unreadable as error:
        yield replace(empty, unreadable=error.reason)
        return
    for place, member in enumerate(opened):
        if isinstance(member, Content):
            yield _read(engine, asked, member, replace(empty, number=first + place), place)
        else:
            label, why = member
            inner = label.split("!", 1)[1] if "!" in label else None
            yield replace(empty, number=first + place, member=inner, unreadable=why.reason)


def _read(engine: Engine, asked: Asked, content: Content, copy: Copy, place: int) -> Copy:
    """`origin` begins the local ids of persons whom this copy names first."""
    kind, mask, reason = "empty", 0, None
    origin = f"{asked.sha256[:10]}-{place}-" if place else f"{asked.sha256[:10]}-"
    try:
        if content.size != 0:
            reader = find_reader(content, asked.readers)
            kind = reader.name
            for part in reader.read(content):
                mask |= _add(engine, part, asked.settings, copy.number, origin)
    except Unreadable as error:
        reason = error.reason
    return replace(
        copy,
        member=content.member,
        changed_at=_changed(asked, content),
        kind=kind,
        rows=_rows(engine, copy.number),
        mask=mask,
        unreadable=reason,
    )


def _rows(engine: Engine, number: int) -> int:
    return engine.count("select coalesce(max(line), 0) from raw_lines where copy = $copy", copy=number)


def _changed(asked: Asked, content: Content) -> datetime | None:
    return asked.settings.as_of or content.changed_at


def _add(engine: Engine, part: Rows, settings: FileSettings, number: int, origin: str) -> int:
    """Give the bits of the categories that the columns hold."""
    columns: list[Column] = []
    mask, first = 0, _rows(engine, number)
    try:
        for chunk in chunks_of(part):
            cells = trimmed(chunk)
            engine.register("batch", cells)
            columns = columns or _understood(engine, part, settings)
            engine.register("batch", with_bare(cells, bare_places(columns)))
            engine.create("typed", _typed_sql(columns))
            engine.run(_insert_sql(columns, settings, number, origin, first))
            mask |= engine.count("select coalesce(bit_or(mask), 0) from typed")
            first += chunk.num_rows
    finally:
        engine.unregister("batch")
    return mask


def _understood(engine: Engine, part: Rows, settings: FileSettings) -> list[Column]:
    """The columns, those that case.toml names as it says."""
    ours = {
        theirs: name
        for name, listed in settings.columns.items()
        for theirs in ([listed] if isinstance(listed, str) else listed)
    }
    found = read_columns(engine, part.columns, settings.categories)
    return [replace(c, ours=ours[c.name], role="subject") if c.name in ours else c for c in found]


def _insert_sql(
    columns: Sequence[Column], settings: FileSettings, number: int, origin: str, first: int
) -> str:
    traits = ", ".join(trait_sql(columns, name) for name in TRAITS)
    registry = literal(settings.registry or settings.name)
    return (
        f"insert into raw_lines select {number}, {literal(origin)}, {literal(settings.name)}, {registry},"
        f" {first} + row_number() over (), mask, {traits} from typed"
    )


def _typed_sql(columns: Sequence[Column]) -> str:
    """As `typed_sql`, with the bits of what each row holds."""
    parts = [*forms_of(columns), f"{_mask_sql(columns)} as mask"]
    return f"select {', '.join(parts)} from {cleaned_batch(columns)}"


def _mask_sql(columns: Sequence[Column]) -> str:
    held = [
        f"case when v{place} is not null then {1 << BITS[c.category]} else 0 end"
        for place, c in enumerate(columns)
        if c.category in BITS
    ]
    return f"({' | '.join(held)})::bigint" if held else "0::bigint"
