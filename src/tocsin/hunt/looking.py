# SPDX-License-Identifier: Apache-2.0
"""Joins indicators to events: one equi-join a kind, and what a column that holds nothing cannot show.

"Not seen" rests on the sources that carry the column, over the time in which they do. Where no source
carries it, nothing was looked at, and that is said instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa

from tocsin.hunt.indicators import Indicator, Kind
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.hunt"
MOST_ACCOUNTS: Final = 20

_JOINS: Final = {
    Kind.ACCOUNT: "e.account = t.value",
    Kind.ACCOUNT_NAME: "e.account_name = t.value",
    Kind.SESSION: "e.session = t.value",
    Kind.DEVICE: "e.device = t.value",
    Kind.CLIENT: "e.client = t.value",
    Kind.USER_AGENT: "e.user_agent = t.value",
    Kind.OBJECT: "e.object = t.value",
    Kind.PORT: "e.port = try_cast(t.value as bigint)",
}
"""Kinds that a column answers by itself."""

_FILLED: Final = {
    **{kind: f"e.{kind.value} is not null" for kind in _JOINS},
    Kind.ADDRESS: "e.address is not null",
    Kind.EMAIL: "contains(coalesce(e.account, ''), '@') or contains(coalesce(e.account_name, ''), '@')",
    Kind.PROFESSIONAL_ID: (
        "e.professional_id is not null"
        " or e.account in (select a.account from accounts as a where a.professional_id is not null)"
    ),
    Kind.FILE_NAME: "e.file_name is not null or e.action in ('download', 'export', 'upload')",
    Kind.SHA256: "false",
}
"""Where an event could have shown an indicator of the kind; no log holds the digest of what it handed out."""

_PARTS: Final = {
    Kind.ADDRESS: (
        "inner join events as e on e.address = t.value where t.kind = 'address' and t.low is null",
        """inner join address_keys as k on k.key between t.low and t.high
        inner join events as e on e.address = k.address where t.kind = 'address'""",
    ),
    Kind.EMAIL: (
        "inner join events as e on lower(e.account) = t.value where t.kind = 'email'",
        "inner join events as e on lower(e.account_name) = t.value where t.kind = 'email'",
    ),
    Kind.PROFESSIONAL_ID: (
        # PS_IdNat puts an 8 before an RPPS number.
        "inner join events as e on e.professional_id = t.value where t.kind = 'professional_id'",
        "inner join events as e on e.professional_id = '8' || t.value where t.kind = 'professional_id'",
        """inner join accounts as a on a.professional_id in (t.value, '8' || t.value)
        inner join events as e on e.account = a.account where t.kind = 'professional_id'""",
    ),
    Kind.FILE_NAME: (
        "inner join events as e on split_part(e.file_name, '/', -1) = t.value where t.kind = 'file_name'",
        "inner join events as e on e.file_name = t.value where t.kind = 'file_name'",
        """inner join events as e on split_part(e.object, '/', -1) = t.value
        and e.action in ('download', 'export', 'upload', 'read') where t.kind = 'file_name'""",
    ),
    Kind.SHA256: (),
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One source, and what it can show of one kind."""

    source: str
    kind: Kind
    events: int
    filled: int
    """Events that carry it."""

    first_at: datetime | None
    """Of these."""

    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hits:
    """What one indicator was seen in."""

    parts: int
    events: int
    valid_events: int
    """Within the time that its author gives, where that is no bound."""

    outside_scope: int
    """Events that no verdict brings into scope."""

    accounts: int
    local_ids: int
    first_at: datetime
    last_at: datetime
    sources: tuple[str, ...]


def look_for(engine: Engine, indicators: Sequence[Indicator]) -> dict[int, Hits]:
    """What each indicator (by its place) was seen in; reads events, accounts and judged."""
    engine.register("tests", equality_table(indicators))
    engine.register("windows", _windows_table(indicators))
    if any(test.low is not None for one in indicators for test in one.tests):
        engine.create("address_keys", load_query(PACKAGE, "address_keys"))
    else:
        engine.create("address_keys", "select null::varchar as address, null::varchar as key where false")
    engine.create("test_hits", passing_sql({test.kind for one in indicators for test in one.tests}))
    engine.create("clause_hits", load_query(PACKAGE, "clause_hits"))
    return {
        int(str(number)): Hits(*figures, tuple(sources))  # type: ignore[call-arg, arg-type]
        for number, *figures, sources in engine.rows(load_query(PACKAGE, "indicator_hits"))
    }


def busiest_actors(engine: Engine) -> dict[tuple[int, str], list[tuple[str, int]]]:
    """The accounts, and the addresses, that each indicator was seen with; after `look_for`."""
    found: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for number, kind, value, events in engine.rows(
        load_query(PACKAGE, "indicator_accounts"), most=MOST_ACCOUNTS
    ):
        found.setdefault((int(str(number)), str(kind)), []).append((str(value), int(str(events))))
    return found


def files_with(engine: Engine, indicators: Sequence[Indicator]) -> dict[str, int]:
    """Digests that are those of files that were read: of the evidence, not of what was handed out."""
    values = sorted({t.value for one in indicators for t in one.tests if t.kind is Kind.SHA256})
    rows = engine.rows(
        "select sha256, count(*) from files where list_contains($values, sha256) group by sha256",
        values=values,
    )
    return {str(row[0]): int(str(row[1])) for row in rows}


def what_sources_carry(engine: Engine, kinds: set[Kind]) -> list[Carried]:
    """For each source and kind, how many events carry it and over which time: one pass over the events."""
    chosen = sorted(kinds)
    columns = ",\n    ".join(
        f"count(*) filter (where {_FILLED[kind]}),"
        f" min(e.occurred_at) filter (where {_FILLED[kind]}),"
        f" max(e.occurred_at) filter (where {_FILLED[kind]})"
        for kind in chosen
    )
    if not chosen:
        return []
    rows = engine.rows(
        f"select e.source, count(*),\n    {columns}\nfrom events as e group by e.source order by e.source"
    )
    return [
        Carried(str(source), kind, int(str(events)), *figures[3 * place : 3 * place + 3])  # type: ignore[arg-type]
        for source, events, *figures in rows
        for place, kind in enumerate(chosen)
    ]


def equality_table(indicators: Sequence[Indicator]) -> pa.Table:
    """One row a test, with where it stands and how many its clause has."""
    rows: list[dict[str, str | int | None]] = []
    for number, one in enumerate(indicators):
        for part_number, part in enumerate(one.parts):
            for clause_number, clause in enumerate(part):
                rows += [
                    {
                        "test": len(rows) + place,
                        "indicator": number,
                        "part": part_number,
                        "clause": clause_number,
                        "needed": len(clause),
                        "kind": test.kind.value,
                        "value": test.value,
                        "low": test.low,
                        "high": test.high,
                    }
                    for place, test in enumerate(clause)
                ]
    numbers = [(name, pa.int64()) for name in ("test", "indicator", "part", "clause", "needed")]
    texts = [(name, pa.string()) for name in ("kind", "value", "low", "high")]
    return pa.Table.from_pylist(rows, pa.schema([*numbers, *texts]))


def passing_sql(kinds: set[Kind]) -> str:
    """Tests and the events that pass them."""
    parts = [
        f"select t.test, e.event_id from tests as t {join}" for kind in sorted(kinds) for join in _joins(kind)
    ]
    nothing = "select null::bigint as test, null::bigint as event_id where false"
    return "\nunion\n".join(parts) or nothing


def _joins(kind: Kind) -> tuple[str, ...]:
    if kind in _PARTS:
        return _PARTS[kind]
    return (f"inner join events as e on {_JOINS[kind]} where t.kind = '{kind.value}'",)


def _windows_table(indicators: Sequence[Indicator]) -> pa.Table:
    instant = pa.timestamp("us", "UTC")
    names = ("from_at", "until_at", "valid_from", "valid_until")
    rows = [
        {"indicator": number, **{name: getattr(one, name) for name in names}}
        for number, one in enumerate(indicators)
    ]
    return pa.Table.from_pylist(
        rows, pa.schema([("indicator", pa.int64()), *((name, instant) for name in names)])
    )
