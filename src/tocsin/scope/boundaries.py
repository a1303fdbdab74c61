# SPDX-License-Identifier: Apache-2.0
"""Events near the bounds of a suspect's period, where the clock of their source is not to be trusted so far.

They are counted and listed, in scope or not; no time is corrected and no verdict changed by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin.core.settings import CaseSettings
from tocsin.scope.judge import conditions_of, session_join, shapes_of
from tocsin.scope.suspects import Suspect
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"


def find_near_boundaries(engine: Engine, suspects: Sequence[Suspect], settings: CaseSettings) -> None:
    """Make `near_now` from `clock_skews`, `events`, `judged` and `suspect_rows`."""
    limit = round(settings.witnesses.skew_limit * 1_000_000)
    engine.create("source_doubts", load_query(PACKAGE, "source_doubts"), limit_us=limit)
    # Where every clock is trusted, no event is looked at.
    is_doubted = engine.value("select 1 from source_doubts limit 1") is not None
    engine.create("near_matches", near_sql(shapes_of(suspects) if is_doubted else []))
    engine.create("near_now", load_query(PACKAGE, "near_boundary"))
    engine.drop("near_matches")


def near_sql(shapes: Sequence[tuple[str, ...]]) -> str:
    """Events and the suspects whose selectors match and one of whose bounds is nearer than the doubt."""
    if not shapes:
        return "select null::bigint as event_id, null::bigint as suspect_id where false"
    return "\nunion all\n".join("\n".join(_shape_lines(n, shape)) for n, shape in enumerate(shapes))


def _shape_lines(number: int, shape: tuple[str, ...]) -> Iterator[str]:
    yield "select e.event_id, s.suspect_id"
    yield "from events as e"
    yield "inner join source_doubts as d"
    yield "    on d.source = e.source"
    yield from session_join(shape)
    yield "inner join suspect_rows as s"
    yield "    on " + "\n    and ".join(conditions_of(shape))
    yield f"where s.shape = {number}"
    yield "    and s.verdict <> 'legitimate'"
    yield "    and (abs(epoch_us(e.occurred_at) - epoch_us(s.from_at)) <= d.doubt_us"
    yield "        or abs(epoch_us(s.until_at) - epoch_us(e.occurred_at)) <= d.doubt_us)"
