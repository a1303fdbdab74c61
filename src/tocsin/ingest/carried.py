# SPDX-License-Identifier: Apache-2.0
"""What one record says for others of its connection: a login names the account, the reads behind it do not.

Once all records of a source stand side by side, each connection is gone through in the order in which it was
written, over files and runs. Only what is absent is filled, and only between the record that says it and the
one that ends it: a number that the system gives to another connection later carries nothing over.
"""

from __future__ import annotations

from tocsin.core.tables import TABLES
from tocsin.ingest.interface import Carry
from tocsin.ingest.rewritten import rewrite_parts
from tocsin.store.case import Stage
from tocsin.store.parts import Part
from tocsin.store.query import literal, quote

IN_DETAIL = "detail:"

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
    """The events of a source that a connection says more of, with the values that they are to have."""
    rows = f"""
select
    *,
    min(occurred_at) over (partition by file_number) as file_at
from events
where source = {literal(source)}"""
    for carry in carries:
        rows = _carry_sql(rows, carry)
    changed = " or ".join(f"c.{quote(name)} is distinct from e.{quote(name)}" for name in columns)
    values = "".join(f",\n    c.{quote(name)}" for name in columns)
    return f"""
select
    c.event_id,
    c.file_number,
    c.byte_offset,
    c.occurred_at{values}
from ({rows}
) as c
join events as e
  on e.event_id = c.event_id
 and e.source = c.source
where {changed}"""


def _carry_sql(rows: str, carry: Carry) -> str:
    """The rows with one carry's columns filled.

    A stretch begins with a record that says something and runs to the next that does; within it, what it
    says holds up to the first record that ends it, that one included.
    """
    places = [_place_sql(name) for name in carry.by]
    names = ", ".join(places)
    absent = " or ".join(f"{place} is null" for place in places)
    order = "file_at desc, event_id desc" if carry.is_backward else "file_at, event_id"
    filled = ",\n        ".join(
        f"case when {_absent_sql(name)} and stretch > 0 and ended = 0 and not ({absent}) "
        f"then coalesce(said_{at}, {quote(name)}) else {quote(name)} end as {quote(name)}"
        for at, name in enumerate(carry.columns)
    )
    said = ",\n        ".join(
        f"max(case when is_begin then {quote(name)} end) over stretch_rows as said_{at}"
        for at, name in enumerate(carry.columns)
    )
    made = ", ".join(
        ["is_begin", "is_end", "stretch", "ended", *(f"said_{at}" for at in range(len(carry.columns)))]
    )
    return f"""
select * exclude ({made}) replace (
        {filled})
from (
    select
        *,
        {said},
        count(*) filter (is_end) over (
            partition by {names}, stretch
            order by {order}
            rows between unbounded preceding and 1 preceding
        ) as ended
    from (
        select
            *,
            coalesce({carry.begins}, false) as is_begin,
            coalesce({carry.ends}, false) as is_end,
            count(*) filter (coalesce({carry.begins}, false)) over (
                partition by {names}
                order by {order}
                rows unbounded preceding
            ) as stretch
        from ({rows}
        )
    )
    window stretch_rows as (partition by {names}, stretch)
)"""


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
left join corrections as c
  on c.event_id = e.event_id"""
