# SPDX-License-Identifier: Apache-2.0
"""Where network addresses lie: the site's own ranges and registers of ranges, read into `address_ranges`.

Nothing is looked up outside: only what the site gives is known. A row that is no range, or that is fixed and
lies nowhere on the globe, is left out, counted in `range_facts`, and said.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from tocsin.core.errors import InputError, Sentence, SettingsError, Where
from tocsin.core.settings.inputs import PlaceSettings
from tocsin.core.settings.whereabouts_checks import PLACE_COLUMNS
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.register_files import RegisterFiles, open_files, reading
from tocsin.store.addresses import bounds_sql, digits_sql
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE: Final = "tocsin.ingest"


def write_whereabouts(stage: Stage) -> None:
    """Write `address_ranges` and `range_facts`.

    Raises InputError for a file that is no table, or lacks a column.
    """
    engine = stage.engine
    engine.register("site_ranges", _own(stage.case.settings.places))
    engine.create("range_rows", "select * from site_ranges")
    for place in stage.case.settings.places:
        if place.paths:
            _read(engine, stage.case, place)
    engine.create("range_bounds", _bounds_sql())
    engine.create("ranges_told", load_query(PACKAGE, "ranges_told"))
    for table in ("address_ranges", "range_facts"):
        stage.write(table, load_query(PACKAGE, table))
    for step in ("range_rows", "range_bounds", "ranges_told"):
        engine.drop(step)


def range_warnings(case: Case) -> list[tuple[str, Sentence, str]]:
    """What of the committed ranges was left out, or tells less than it seems: (code, text, where)."""
    if not case.settings.places:
        return []
    with case.engine("range_facts") as engine:
        facts = engine.rows('select places, fact, "rows" from range_facts order by places, fact')
    return [
        ("places", Sentence(_ODD[str(fact)], {"rows": int(str(count))}), str(places))
        for places, fact, count in facts
        if fact in _ODD
    ]


_ODD: Final = {
    "no_range": _("Rows left out, as they are no range of addresses: {rows}."),
    "backwards": _("Ranges left out, as they end before they begin: {rows}."),
    "no_point": _("Fixed ranges left out, as they have no point on the globe: {rows}."),
    "unknown_kind": _("Ranges of an unknown kind, which tell no place: {rows}."),
}


def _bounds_sql() -> str:
    """`range_rows` with the first and last address of each, as digits; null where it is no range."""
    base, length = (
        "split_part(network, '/', 1)",
        "try_cast(nullif(split_part(network, '/', 2), '') as integer)",
    )
    whole = f"case when contains({base}, ':') then 128 else 32 end"
    bits = f"coalesce({length}, {whole}) + case when contains({base}, ':') then 0 else 96 end"
    first, last = bounds_sql("digits", "bits")
    numbered = (
        f"select *, {digits_sql(base)} as digits, {bits} as bits,"
        f" {digits_sql('first')} as first_digits, {digits_sql('last')} as last_digits from range_rows"
    )
    return (
        "select * exclude (network, first, last, digits, bits, first_digits, last_digits),"
        f" coalesce(case when bits between 0 and 128 then {first} end, first_digits) as first_address,"
        f" coalesce(case when bits between 0 and 128 then {last} end, last_digits) as last_address"
        f" from ({numbered})"
    )


_SCHEMA: Final = pa.schema(
    [
        ("places", pa.string()),
        ("place", pa.string()),
        ("kind", pa.string()),
        ("is_site", pa.bool_()),
        ("network", pa.string()),
        ("first", pa.string()),
        ("last", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("radius_km", pa.float64()),
    ]
)


def _own(places: list[PlaceSettings]) -> pa.Table:
    rows = [
        {
            "places": place.name,
            "place": place.name,
            "kind": place.kind,
            "is_site": True,
            "network": str(ipaddress.ip_network(text, strict=False)),
            "latitude": place.latitude,
            "longitude": place.longitude,
            "radius_km": place.radius_km,
        }
        for place in places
        for text in place.addresses
    ]
    return pa.Table.from_pylist(rows, _SCHEMA)


def _read(engine: Engine, case: Case, place: PlaceSettings) -> None:
    files = open_files(engine, case.folder, place.paths)
    try:
        ours = _ours_sql(place.columns, files)
    except (InputError, SettingsError) as error:
        error.where = error.where if error.where.file else Where(files.where)
        raise
    with reading(files.where):
        engine.run(
            f"insert into range_rows by name {ours}",
            places=place.name,
            kind=place.kind,
            latitude=place.latitude,
            longitude=place.longitude,
            radius_km=place.radius_km,
        )


def _ours_sql(columns: Mapping[str, str], files: RegisterFiles) -> str:
    for ours, theirs in columns.items():
        if ours not in PLACE_COLUMNS:
            raise SettingsError(
                _("Unknown column '{ours}'."), do=suggest(ours, PLACE_COLUMNS), code="unknown_key", ours=ours
            )
        if theirs not in files.types:
            raise InputError(
                _("There is no column '{name}'."),
                do=suggest(theirs, list(files.types)),
                code="no_column",
                name=theirs,
            )
    texts = {
        ours: f"nullif(trim({quote(columns[ours])}::varchar), '')" if ours in columns else "null"
        for ours in PLACE_COLUMNS
    }
    numbers = {ours: f"try_cast({texts[ours]} as double)" for ours in ("latitude", "longitude", "radius_km")}
    return (
        f"select $places as places, {texts['place']} as place,"
        f" coalesce(lower({texts['kind']}), $kind) as kind, false as is_site,"
        f" {texts['network']} as network, {texts['first']} as first, {texts['last']} as last,"
        f" coalesce({numbers['latitude']}, $latitude::double) as latitude,"
        f" coalesce({numbers['longitude']}, $longitude::double) as longitude,"
        f" coalesce({numbers['radius_km']}, $radius_km::double) as radius_km"
        f" from {files.select}"
    )
