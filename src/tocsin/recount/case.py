# SPDX-License-Identifier: Apache-2.0
"""The case file as the recount reads it: only what bears on figures.

It reads `case.toml` by itself, not through the settings of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tocsin.recount.errors import CannotRecount
from tocsin.recount.instants import Period, find_zone
from tocsin.recount.values import (
    Table,
    get_instant,
    get_table,
    get_tables,
    get_text,
    get_texts,
    load_toml,
    need_text,
)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    paths: tuple[str, ...]
    format: str | None
    mapping: str | None
    zone: str | None
    period: Period | None
    controller: str | None
    custody: str
    kind: str | None
    most_per_second: float | None = None
    counts_bytes: bool = False
    """Its holes are bounded by the bytes that another source saw: not recounted."""


@dataclass(frozen=True, slots=True)
class TableOfCase:
    """A registry or a table of records: where it is, and which of their columns is which of ours."""

    name: str
    paths: tuple[str, ...]
    sources: tuple[str, ...]
    columns: dict[str, object]
    domain: str | None
    person_pattern: str | None
    complete: bool = False
    registry: str | None = None
    """Of a table of records: whose persons they are."""


@dataclass(frozen=True, slots=True)
class Claims:
    none: tuple[str, ...]
    none_from: dict[str, tuple[str, ...]]
    no_change: tuple[str, ...]
    protected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    unit: str
    period: Period
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    folder: Path
    id: str
    zone: ZoneInfo
    sources: tuple[Source, ...]
    registries: tuple[TableOfCase, ...]
    records: tuple[TableOfCase, ...]
    controllers: tuple[Table, ...]
    catalogue: Path | None
    known: tuple[Table, ...]
    claims: Claims
    shares: tuple[Share, ...]


def read_case(folder: Path) -> Case:
    toml = load_toml(folder / "case.toml")
    if get_tables(toml, "files"):
        raise CannotRecount("the case rests on copies of files ([[files]]), which the recount does not read")
    if get_tables(toml, "history"):
        raise CannotRecount("a past that is rebuilt ([[history]]) is not rebuilt by the recount")
    head = get_table(toml, "case")
    catalogue = get_text(get_table(toml, "catalogue"), "path")
    return Case(
        folder=folder,
        id=need_text(head, "id", "[case]"),
        zone=find_zone(get_text(head, "zone")) or ZoneInfo("UTC"),
        sources=tuple(_source(one) for one in get_tables(toml, "sources")),
        registries=tuple(_table(one, "[[registries]]") for one in get_tables(toml, "registries")),
        records=tuple(_table(one, "[[records]]") for one in get_tables(toml, "records")),
        controllers=tuple(get_tables(toml, "controllers")),
        catalogue=folder / catalogue if catalogue else None,
        known=tuple(get_tables(toml, "known")),
        claims=_claims(get_table(toml, "claims")),
        shares=tuple(_share(one) for one in get_tables(toml, "shares")),
    )


def read_period(table: Table) -> Period:
    return Period(get_instant(table, "from"), get_instant(table, "until"))


def _source(table: Table) -> Source:
    name = need_text(table, "name", "[[sources]]")
    is_collected = "database" in table or "collect" in table
    return Source(
        name=name,
        paths=_received(name, table)
        or ((f"{_collected(name, 'collected', '')}/*",) if is_collected else get_texts(table, "paths")),
        format=get_text(table, "format"),
        mapping=get_text(table, "mapping"),
        zone=get_text(table, "zone"),
        period=read_period(get_table(table, "period")) if "period" in table else None,
        controller=get_text(table, "controller"),
        custody=get_text(table, "custody") or "same-host",
        kind=get_text(table, "kind"),
        most_per_second=_rate(table),
        counts_bytes="bytes_seen_by" in table,
    )


def _rate(table: Table) -> float | None:
    rate = table.get("most_per_second")
    return float(rate) if isinstance(rate, int | float) else None


def _table(table: Table, where: str) -> TableOfCase:
    name = need_text(table, "name", where)
    kind = "registry~" if where == "[[registries]]" else "records~"
    is_collected = "database" in table
    return TableOfCase(
        name=name,
        paths=(f"{_collected(name, 'snapshots', kind)}.parquet",)
        if is_collected
        else get_texts(table, "paths"),
        sources=get_texts(table, "sources"),
        columns=get_table(table, "columns"),
        domain=get_text(table, "domain"),
        person_pattern=get_text(table, "person_pattern"),
        complete=table.get("complete") is True,
        registry=get_text(table, "registry"),
    )


def _received(name: str, table: Table) -> tuple[str, ...]:
    """What arrived of a source that is listened for."""
    if "listen" not in table or table.keys() & {"paths", "database", "collect"}:
        return ()
    return (f"{_collected(name, 'received', '')}/messages-*.log",)


def _collected(name: str, folder: str, kind: str) -> str:
    """Where the case keeps what was brought from a database: the recount reads files, not databases."""
    quoted = quote(name, safe=" !,=@+")
    if name.startswith(".") or len(quoted) > 150:
        raise CannotRecount(f"{name}: the recount does not know the file of this name")
    return f"evidence/{folder}/{kind}{quoted}"


def _claims(table: Table) -> Claims:
    origins = get_table(table, "none_from")
    return Claims(
        none=get_texts(table, "none"),
        none_from={record: get_texts(origins, record) for record in origins},
        no_change=get_texts(table, "no_change"),
        protected=get_texts(table, "protected"),
    )


def _share(table: Table) -> Share:
    unit = need_text(table, "unit", "[[shares]]")
    return Share(unit, read_period(get_table(table, "of")), get_text(table, "by") or "created")
