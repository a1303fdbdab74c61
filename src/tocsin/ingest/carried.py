# SPDX-License-Identifier: Apache-2.0
"""What one record says for others of its connection: a login names the account, the reads behind it do not.

Once all records of a source stand side by side, each connection is gone through in the order in which it was
written, over files and runs. Only what is absent is filled, and only between the record that says it and the
one that ends it: a number that the system gives to another connection later carries nothing over.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from tocsin.core.tables import TABLES
from tocsin.ingest.interface import Carry
from tocsin.ingest.rewritten import rewrite_parts
from tocsin.store.case import Stage
from tocsin.store.parts import Part
from tocsin.store.query import literal, quote

IN_DETAIL = "detail:"

_PLACE = ("event_id", "file_number", "byte_offset", "occurred_at")
_UNSAID = {"outcome": "'unknown'"}
"""What a column holds, other than null, when its record does not say it."""


def carry_over(stage: Stage, parts: list[Part], carries: dict[str, tuple[Carry, ...]]) -> list[Part]:
    """All parts of `events`, with what their connections say filled in; `carries` is by source."""
    for source, wanted in sorted(carries.items()):
        if not wanted:
            continue
        engine = stage.engine
        stage.case.attach(engine, TABLES["events"], parts)
        columns = list(dict.fromkeys(name for carry in wanted for name in carry.columns))
        engine.create("corrections", carried_sql(source, wanted, columns))
        parts = rewrite_parts(stage, parts, _filled_sql(columns))
        engine.drop("corrections")
    return parts


def carried_sql(source: str, carries: tuple[Carry, ...], columns: list[str]) -> str:
    """The events of a source that a connection says more of, with the values that they are to have.

    Only what the carries need goes through their windows: the order of writing, each connection's name, the
    values, and who begins and ends. One sort a carry, however long a connection is.
    """
    rows = _narrow_sql(source, carries, columns)
    for number, carry in enumerate(carries):
        rows = _carry_sql(rows, number, carry, is_told=_is_told_at_once(carries, number))
    changed = " or ".join(f"{quote(name)} is distinct from {quote(f'own_{name}')}" for name in columns)
    values = "".join(f",\n    {quote(name)}" for name in columns)
    return f"""
select
    event_id,
    file_number,
    byte_offset,
    occurred_at{values}
from ({rows}
)
where {changed}
order by event_id"""


def _narrow_sql(source: str, carries: tuple[Carry, ...], columns: list[str]) -> str:
    """The events of the source, `place` by `place` in the order in which they were written."""
    kept = dict.fromkeys(columns)
    marks: list[str] = []
    for number, carry in enumerate(carries):
        marks += [f"{_place_sql(name)} as key_{number}_{at}" for at, name in enumerate(carry.by)]
        if _is_told_at_once(carries, number):
            marks += [
                f"coalesce({carry.begins}, false) as begins_{number}",
                f"coalesce({carry.ends}, false) as ends_{number}",
            ]
        else:
            kept |= dict.fromkeys(name for name in _columns_of(carry) if name not in _PLACE)
    named = [quote(name) for name in kept]
    own = [f"{quote(name)} as {quote(f'own_{name}')}" for name in columns]
    listed = "".join(f",\n    {column}" for column in (*named, *own, *marks))
    return f"""
select
    event_id,
    file_number,
    byte_offset,
    occurred_at,
    row_number() over (order by file_at, event_id) as place{listed}
from (
    select
        *,
        min(occurred_at) over (partition by file_number) as file_at
    from events
    where source = {literal(source)}
)"""


def _is_told_at_once(carries: tuple[Carry, ...], number: int) -> bool:
    """Whether what begins and ends a carry does not hang on what the carries before it fill."""
    filled = {name for carry in carries[:number] for name in carry.columns}
    return not filled & set(_columns_of(carries[number]))


def _columns_of(carry: Carry) -> list[str]:
    """Event columns that tell where a carry begins and ends."""
    trees = [sqlglot.parse_one(sql, read="duckdb") for sql in (carry.begins, carry.ends)]
    return sorted({column.name for tree in trees for column in tree.find_all(exp.Column)})


def _carry_sql(rows: str, number: int, carry: Carry, *, is_told: bool) -> str:
    """The rows with one carry's columns filled.

    What the last record that begins says holds up to the first that ends it, that one included.
    """
    keys = [f"key_{number}_{at}" for at in range(len(carry.by))]
    # What names no connection stands alone, so that no one window has to hold all of it.
    alone = " or ".join(f"{key} is null" for key in keys)
    begins, ends = f"begins_{number}", f"ends_{number}"
    told = (
        f"select *, {'-place' if carry.is_backward else 'place'} as turn{_marks_sql(number, carry, is_told)}"
    )
    told += f"\nfrom ({rows}\n)"
    return f"""
select
    * exclude (turn, said, begun_at, ended_at) replace (
        {_filled_columns_sql(carry, alone)})
from (
    select
        *,
        last_value(case when {begins} then {_said_sql(carry)} end ignore nulls) over written as said,
        max(case when {begins} then turn end) over written as begun_at,
        max(case when {ends} then turn end) over (
            partition by {", ".join(keys)}, case when {alone} then place end
            order by turn
            rows between unbounded preceding and 1 preceding
        ) as ended_at
    from ({told})
    window written as (
        partition by {", ".join(keys)}, case when {alone} then place end
        order by turn
        rows unbounded preceding
    )
)"""


def _marks_sql(number: int, carry: Carry, is_told: bool) -> str:
    if is_told:
        return ""
    marks = {"begins": carry.begins, "ends": carry.ends}
    return "".join(f", coalesce({told}, false) as {name}_{number}" for name, told in marks.items())


def _said_sql(carry: Carry) -> str:
    return "struct_pack(" + ", ".join(f"c{at} := {quote(n)}" for at, n in enumerate(carry.columns)) + ")"


def _filled_columns_sql(carry: Carry, alone: str) -> str:
    holds = f"begun_at is not null and (ended_at is null or ended_at < begun_at) and not ({alone})"
    return ",\n        ".join(
        f"case when {_absent_sql(name)} and {holds} "
        f"then coalesce(said.c{at}, {quote(name)}) else {quote(name)} end as {quote(name)}"
        for at, name in enumerate(carry.columns)
    )


def _place_sql(name: str) -> str:
    """An event column, or `detail:` and a JSON path in it."""
    path = name.removeprefix(IN_DETAIL)
    return quote(name) if path == name else f"json_extract_string(detail, {literal(path)})"


def _absent_sql(name: str) -> str:
    unsaid = _UNSAID.get(name)
    return f"({quote(name)} is null{'' if unsaid is None else f' or {quote(name)} = {unsaid}'})"


def _filled_sql(columns: list[str]) -> str:
    """A part's events, with the values that were carried over to them."""
    filled = ",\n    ".join(
        f"case when c.event_id is null then e.{quote(name)} else c.{quote(name)} end as {quote(name)}"
        for name in columns
    )
    names = ", ".join(quote(name) for name in columns)
    return f"""
select
    e.* exclude ({names}),
    {filled}
from events as e
left join (
    select *
    from corrections
    where event_id between (select min(event_id) from events) and (select max(event_id) from events)
) as c
  on c.event_id = e.event_id"""
