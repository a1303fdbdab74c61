# SPDX-License-Identifier: Apache-2.0
"""One chunk of records to events, set-aside records and non-events, in ONE statement.

The result is the temporary table `cut`: every record of the chunk, once, with its fate. Nothing else in
the package decides what becomes of a record.
"""

from __future__ import annotations

import ipaddress
import re

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.core.terms import Action, Outcome
from tocsin.ingest.interface import RECORDS, Extraction
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

_ELSEWHERE = {"event_id", "source", "file_number", "line_number", "byte_offset", "retry_of", "flags"}
EVENT_COLUMNS = {c.name: c.type for c in TABLES["events"].columns if c.name not in _ELSEWHERE}
"""What a format may fill, with its type."""

SALVAGED = tuple(c.name for c in TABLES["set_aside"].columns)[7:]
"""Event columns that a set-aside record keeps when they were read whole."""

ITEM_BITS = 40
TEXT_KEPT = 4096
SALVAGE_LIMIT = 1 << 16

_LISTED = {
    "action": ("lower", [a.value for a in Action], Action.OTHER.value),
    "outcome": ("lower", [o.value for o in Outcome], Outcome.UNKNOWN.value),
}


def extract(engine: Engine, extraction: Extraction, records: pa.Table) -> None:
    """Make the temporary table `cut` from a chunk of RECORDS."""
    engine.register("records", records)
    engine.create("cut", cut_sql(extraction))
    engine.unregister("records")
    _salvage(engine, extraction)
    _mark_duplicates(engine)
    _canonise_addresses(engine)


def cut_sql(extraction: Extraction) -> str:
    """The one statement: all event columns of every record, and its fate."""
    columns = ",\n        ".join(
        f"{_typed_sql(name, kind, extraction.columns.get(name))} as {quote(name)}"
        for name, kind in EVENT_COLUMNS.items()
    )
    flags = ", ".join(
        f"case when {condition} then {literal(flag)} end"
        for flag, condition in (*extraction.flags, ("bad_encoding", "mark = 'bad_encoding'"))
    )
    return f"""
with parsed as ({extraction.parsed}),

read as (
    select
        byte_offset,
        line_number,
        item,
        mark,
        record as text,
        null::bigint as retry_of,
        {columns},
        list_filter([{flags}], lambda flag: flag is not null) as found_flags,
        case
            when mark = 'not_audit_resource' then mark
            when mark is null and trim(record) = '' then 'blank'
            else {extraction.non_event}
        end as non_event,
        case
            when mark in ('broken', 'too_long') then mark
            when {extraction.broken} then 'broken'
            else {extraction.set_aside}
        end as refusal,
        {extraction.zoneless} as zoneless
    from parsed
)

select
    * exclude (found_flags, non_event, refusal, zoneless, mark),
    nullif(found_flags, []) as flags,
    case
        when non_event is not null then 'non_event'
        when refusal is not null or occurred_at is null then 'set_aside'
        else 'event'
    end as fate,
    case
        when non_event is not null then non_event
        when refusal is not null then refusal
        when occurred_at is null and zoneless then 'no_zone'
        when occurred_at is null then 'no_time'
        else ''
    end as reason
from read
"""


def _typed_sql(name: str, kind: str, expression: str | None) -> str:
    if name in _LISTED:
        function, words, otherwise = _LISTED[name]
        if expression is None:
            return literal(otherwise)
        listed = ", ".join(literal(word) for word in words)
        return f"case when {function}({expression}) in ({listed}) then {function}({expression}) else {literal(otherwise)} end"
    if expression is None:
        return f"null::{kind}"
    if kind == "VARCHAR":
        return f"nullif({expression}, '')"
    if kind == "VARCHAR[]":
        return f"nullif({expression}, [])"
    return f"try_cast({expression} as {kind})"


def _salvage(engine: Engine, extraction: Extraction) -> None:
    """Fill, for broken records, the columns that were read whole."""
    if extraction.salvage is None:
        return
    broken = engine.rows(
        "select byte_offset, item, text from cut "
        f"where reason = 'broken' and length(text) <= {SALVAGE_LIMIT} order by byte_offset, item"
    )
    repaired = [
        (at, item, text) for at, item, raw in broken if (text := extraction.salvage(str(raw))) is not None
    ]
    if not repaired:
        return
    engine.register("records", _as_records(repaired))
    assignments = ",\n    ".join(f"{quote(name)} = s.{quote(name)}" for name in SALVAGED)
    engine.create("salvaged", cut_sql(extraction))
    engine.run(
        f"update cut set {assignments} from salvaged as s "
        "where cut.byte_offset = s.byte_offset and cut.item = s.item and cut.reason = 'broken'"
    )
    engine.drop("salvaged")
    engine.unregister("records")


def _as_records(rows: list[tuple[object, object, str]]) -> pa.Table:
    return pa.table(
        {
            "record": pa.array([text for _, _, text in rows], pa.string_view()),
            "byte_offset": pa.array([at for at, _, _ in rows], pa.int64()),
            "line_number": pa.array([0] * len(rows), pa.int64()),
            "item": pa.array([item for _, item, _ in rows], pa.int64()),
            "mark": pa.nulls(len(rows), pa.string()),
        },
        schema=RECORDS,
    )


SAME_ACT = ("account", "action", "object", "person", "persons", "record_type", "record", "query")
"""Two attempts of one request ask for the same thing; a request id that two acts share is not a retry."""


def _mark_duplicates(engine: Engine) -> None:
    """Within the chunk: byte-equal records of one request are one; other attempts get `retry_of` (an offset yet)."""
    engine.create(
        "twins",
        """
        with suspect as (
            select hash(request) as request_hash
            from cut
            where fate = 'event' and request is not null
            group by request_hash
            having count(*) > 1
        )
        select cut.* exclude (retry_of), cut.rowid as place
        from cut
        join suspect on hash(cut.request) = suspect.request_hash
        where cut.fate = 'event'
        """,
    )
    if engine.count("select count(*) from twins") == 0:
        return
    engine.run(
        """
        update cut set fate = 'non_event', reason = 'duplicate_record'
        where rowid in (
            select place from twins
            qualify row_number() over (partition by request, text order by byte_offset, item) > 1
        )
        """
    )
    engine.run(
        f"""
        update cut set retry_of = later.first_at
        from (
            select
                place,
                first_value(byte_offset + item) over attempts as first_at,
                row_number() over attempts as attempt
            from twins
            where place in (select rowid from cut where fate = 'event')
            window attempts as (
                partition by request, {", ".join(SAME_ACT)}
                order by occurred_at, byte_offset, item
            )
        ) as later
        where cut.rowid = later.place and later.attempt > 1
        """
    )


_IPV4_SQL = r"'^\d{1,3}(\.\d{1,3}){3}$'"
_BRACKETED = re.compile(r"^\[(?P<host>[^\]]+)\](?::(?P<port>\d{1,5}))?$")
_WITH_PORT = re.compile(r"^(?P<host>[^:]+):(?P<port>\d{1,5})$")


def _canonise_addresses(engine: Engine) -> None:
    """One spelling for each network address; its zone goes to `network`, its port to `port`."""
    found = engine.rows(
        f"select distinct address from cut where address is not null and not regexp_matches(address, {_IPV4_SQL})"
    )
    spellings = [(str(text), *canonical_address(str(text))) for (text,) in found]
    changed = [spelling for spelling in spellings if spelling[1:] != (spelling[0], None, None)]
    if not changed:
        return
    columns = list(zip(*changed, strict=True))
    engine.register(
        "spellings",
        pa.table(
            {
                "given": pa.array(columns[0], pa.string()),
                "address": pa.array(columns[1], pa.string()),
                "port": pa.array(columns[2], pa.int64()),
                "zone": pa.array(columns[3], pa.string()),
            }
        ),
    )
    engine.run(
        "update cut set address = s.address, port = coalesce(cut.port, s.port), "
        "network = coalesce(cut.network, s.zone) from spellings as s where cut.address = s.given"
    )
    engine.unregister("spellings")


def canonical_address(text: str) -> tuple[str, int | None, str | None]:
    """(address, port, zone) of a network address (RFC 5952, 4007, 4291 §2.5.5.2); a host name stays as it is."""
    matched = _BRACKETED.match(text) or _WITH_PORT.match(text)
    host = matched["host"] if matched else text
    port = int(matched["port"]) if matched and matched["port"] else None
    bare, _, zone = host.partition("%")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return text, None, None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address), port, zone or None


def escaped_sql(text: str) -> str:
    """A text's first 4 KiB with control characters written as `\\xNN`."""
    kept = f"left({text}, {TEXT_KEPT})"
    escaped = kept
    for code in (*range(32), 127):
        escaped = f"replace({escaped}, chr({code}), {literal(f'{chr(92)}x{code:02x}')})"
    return rf"case when regexp_matches({kept}, '[\x00-\x1f\x7f]') then {escaped} else {kept} end"
