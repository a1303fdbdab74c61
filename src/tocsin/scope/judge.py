# SPDX-License-Identifier: Apache-2.0
"""Gives each event that a suspect matches its verdict: one equi-join per shape of selector.

Events lie ordered by account and time, so a join on few accounts reads few of their row groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.core.terms import Origin, Verdict
from tocsin.scope.suspects import Suspect
from tocsin.store.engine import Engine
from tocsin.store.parts import arrow_schema
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.scope"
ORIGINS = (Origin.PROPOSED, Origin.KNOWN, Origin.ANSWER, Origin.DECIDED)
TWICE = "list_contains(flags, 'hour_twice')"
RANKS = ("origin_rank", "narrowness", "weighed", "gravity", "shape")
GRAVITY = (Verdict.LEGITIMATE, Verdict.DOUBTFUL, Verdict.ILLEGITIMATE)


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two suspects of one rank that give the same events different verdicts."""

    suspect_id: int
    other_id: int
    events: int


def suspect_table(suspects: Sequence[Suspect]) -> pa.Table:
    """The columns of `suspects`, and beside them what ranks a row, and its shape."""
    shapes = shapes_of(suspects)
    columns = arrow_schema(TABLES["suspects"])
    schema = pa.schema(
        [
            *columns,
            *(pa.field(name, pa.int64()) for name in RANKS),
        ]
    )
    rows = [
        {
            "suspect_id": number,
            **suspect.selectors,
            "from_at": suspect.from_at,
            "until_at": suspect.until_at,
            "verdict": suspect.verdict.value,
            "p": suspect.p,
            "origin": suspect.origin.value,
            "decided_by": suspect.decided_by,
            "decided_at": suspect.decided_at,
            "why": suspect.why,
            "origin_rank": ORIGINS.index(suspect.origin),
            "narrowness": suspect.narrowness,
            "weighed": int(suspect.is_weighed),
            "gravity": GRAVITY.index(suspect.verdict),
            "shape": shapes.index(suspect.shape),
        }
        for number, suspect in enumerate(suspects, start=1)
    ]
    return pa.Table.from_pylist(rows, schema)


def judge_events(engine: Engine, suspects: Sequence[Suspect]) -> None:
    """Make `judged`, `matched`, `first_matches` and `ranked_suspects`.

    From `events`, `suspect_rows` and (where sessions are named) `event_sessions`. Which suspect holds before
    which other does not depend on the event: suspects are ranked once, and each event takes its first.
    """
    engine.create("ranked_suspects", load_query(PACKAGE, "ranked_suspects"))
    _judge(engine, suspects, "events")
    if engine.value(f"select 1 from events where {TWICE} limit 1") is not None:
        _judge_earlier_reading(engine, suspects)


def _judge(engine: Engine, suspects: Sequence[Suspect], events: str) -> None:
    engine.create("matched", matched_sql(shapes_of(suspects), events))
    engine.create("first_matches", load_query(PACKAGE, "first_matches"))
    engine.create("judged", load_query(PACKAGE, "judged_events"))


def _judge_earlier_reading(engine: Engine, suspects: Sequence[Suspect]) -> None:
    """The hour that happened twice: an event has the later reading as its time, and may be an hour older."""
    early = "* replace (occurred_at - interval 1 hour as occurred_at)"
    engine.create("events_early", f"select {early} from events where {TWICE}")
    for kept in ("matched", "first_matches", "judged"):
        engine.create(f"{kept}_late", f"select * from {kept}")
    _judge(engine, suspects, "events_early")
    engine.create("judged_early", "select * from judged")
    engine.create("judged", load_query(PACKAGE, "judged_twice"))
    for kept in ("matched", "first_matches"):
        engine.create(kept, f"select * from {kept}_late")
        engine.drop(f"{kept}_late")


def shapes_of(suspects: Sequence[Suspect]) -> list[tuple[str, ...]]:
    """The sets of selectors that occur, in order."""
    return sorted({suspect.shape for suspect in suspects})


def matched_sql(shapes: Sequence[tuple[str, ...]], events: str = "events") -> str:
    """Events and the suspects whose selectors all match within their period: one select per shape."""
    if not shapes:
        return "select null::bigint as event_id, null::bigint as suspect_id where false"
    return "\nunion all\n".join(_shape_sql(number, shape, events) for number, shape in enumerate(shapes))


def _shape_sql(number: int, shape: tuple[str, ...], events: str) -> str:
    lines = [
        "select e.event_id, s.suspect_id",
        f"from {quote(events)} as e",
        *session_join(shape),
        "inner join suspect_rows as s",
        "    on " + "\n    and ".join(conditions_of(shape)),
        f"where s.shape = {number}",
        "    and (s.from_at is null or e.occurred_at >= s.from_at)",
        "    and (s.until_at is null or e.occurred_at < s.until_at)",
    ]
    return "\n".join(lines)


def session_join(shape: tuple[str, ...]) -> Iterator[str]:
    """The join that tells an event's session, where the shape names one."""
    if "session_id" in shape:
        yield "inner join event_sessions as x"
        yield "    on x.event_id = e.event_id"


def conditions_of(shape: tuple[str, ...]) -> Iterator[str]:
    """Event `e` (its session `x`) and suspect `s` agree on every selector of the shape."""
    for name in shape:
        owner = "x" if name == "session_id" else "e"
        yield f"{owner}.{quote(name)} = s.{quote(name)}"
