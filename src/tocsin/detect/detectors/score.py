# SPDX-License-Identifier: Apache-2.0
"""Accounts ranked by how much likelier a thief makes what they did than their own habit.

Per session: persons without a known link, near-consecutive numbers, broad and ordered searches, new places,
odd hours, no writing, volume; a null that allows days of honest bulk work; summed over all stretches of days
that end on the worst one. Needs accounts enough to know a role's habit: silent on a small platform, and says
so.
"""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.blindness import blind_sql, learnt_sql, support_sql
from tocsin.detect.interface import Detector
from tocsin.detect.prepare import PACKAGE, READS
from tocsin.detect.reasons import Value, decimal_said, reason_sql
from tocsin.detect.score.campaigns import (
    campaign_reasons_sql,
    campaign_sight_sql,
    join_campaigns,
    pool_campaigns,
)
from tocsin.detect.score.operating_point import OperatingPoint, clean_halves, operating_point
from tocsin.detect.score.thieves import SENTENCES, thieves_table
from tocsin.detect.sessions import Bucket, add_rows, buckets_of
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query

ACCOUNTS = 30
"""Fewer accounts than this that saw somebody give no role's habit."""

DAYS = 7
"""Nor do fewer days than this."""

SETTLED = 5
"""Sessions before a place can be new to an account."""

HABIT = 30.0
"""Weight of the role against what the account did itself, in persons or sessions."""

LEAN = 100.0
"""Weight of the profession against colleagues of the same organisation, in persons or sessions."""

LEAST_EVIDENCE = 0.0
"""Accounts with less speak for their owner, and are not told. Few of those with more are in alarm."""

VOLUME_HABIT = 10.0
RAREST_BULK = 0.02

RAREST_ODD = 0.002
"""Honest bulk work at a place, an hour or in a way new to the account is never held to be rarer."""

_TOO_FEW = _("The score needs 30 accounts and 7 days of accesses to persons: here {accounts} and {days}.")
_POINT = _("An account is in alarm from an evidence of {evidence}: at most {announced} false alarms a week.")
_MEASURED = _("On {weeks} clean weeks kept apart, {measured} alarms a week were raised.")
_UNMEASURED = _("The real rate of false alarms was not measured: [detect] clean names no period.")
_NO_RELATIONS = _(
    "No relation says who treats whom: slow reading is seen here only by what colleagues and neighbouring"
    " organisations open. Give [[relations]]."
)


class Score(Detector):
    """The e-process of science and of `docs/explanation/detection.md`."""

    name = "score"
    reads = READS
    on_sessions = True

    def __init__(self) -> None:
        self._point: OperatingPoint | None = None
        self._size = (0, 0)

    def can_see(self, case: Case) -> bool:
        """Wherever there are logs; whether they are enough is told by `sight`."""
        return bool(case.settings.sources)

    def find(self, case: Case, engine: Engine) -> str:
        """Weigh sessions, days and accounts; accounts in alarm are told session by session too."""
        self._weigh(case, engine)
        if not self._is_enough(engine):
            return "select * from findings where false"
        engine.create("scores", load_query(PACKAGE, "account_scores"), **{"from": None, "until": None})
        pool_campaigns(engine)
        self._point = operating_point(engine, case.settings)
        engine.run(f"alter table scores add column point double default {self._point.evidence!r}")
        join_campaigns(engine)
        engine.create("score_reasons", load_query(PACKAGE, "score_reasons"), least=LEAST_EVIDENCE)
        engine.create("said_reasons", f"{_said_sql()} union all by name {campaign_reasons_sql()}")
        sessions = load_query(PACKAGE, "session_findings")
        engine.create("scored_sessions", sessions, threshold=case.settings.detect.threshold)
        engine.create("scored_accounts", load_query(PACKAGE, "score_findings"), least=LEAST_EVIDENCE)
        return "select * from scored_accounts union all by name select * from scored_sessions"

    def sight_sql(self, case: Case, engine: Engine) -> str:
        """Support of relations, the operating point, its rate, and what slow rate is not seen."""
        if self._point is None:
            accounts, days = self._size
            return _row_sql(
                "too_few", accounts, reason_sql("too_few", _TOO_FEW, _texts(accounts=accounts, days=days))
            )
        campaigns = campaign_sight_sql(case.settings.case.zone)
        rows = [support_sql(), learnt_sql(), *_point_sql(self._point), campaigns]
        if engine.count("select count(*) from (select 1 from relations limit 1)"):
            engine.create("blind_rates", load_query(PACKAGE, "blind_rates"))
            rows += [blind_sql()]
        else:
            rows += [_row_sql("blind", None, reason_sql("blind", _NO_RELATIONS, {}))]
        return " union all by name ".join(rows)

    def _weigh(self, case: Case, engine: Engine) -> None:
        """Make `session_weights`, `spoken_weights` and `bounded_days`."""
        engine.register("thieves", thieves_table())
        engine.create("role_hours", load_query(PACKAGE, "role_hours"))
        engine.create("session_terms", load_query(PACKAGE, "session_terms"), settled=SETTLED)
        engine.create("actor_terms", load_query(PACKAGE, "actor_terms"))
        engine.create("role_rates", load_query(PACKAGE, "role_rates"))
        engine.create("prior_rates", load_query(PACKAGE, "prior_rates"), lean=LEAN)
        engine.create("role_volumes", load_query(PACKAGE, "role_volumes"))
        for number, bucket in enumerate(buckets_of(engine)):
            _weigh_sessions(engine, bucket, is_first=number == 0)
        engine.create("day_weights", load_query(PACKAGE, "day_weights"))
        halves = clean_halves(case.settings)
        days = {} if halves is None else {"from": str(halves[0][0]), "until": str(halves[0][1])}
        bulk = load_query(PACKAGE, "role_bulk")
        rarest = {"rarest": RAREST_BULK, "rarest_odd": RAREST_ODD}
        engine.create("role_bulk", bulk, **rarest, **({"from": None, "until": None} | days))
        engine.create("bounded_days", load_query(PACKAGE, "bounded_days"))

    def _is_enough(self, engine: Engine) -> bool:
        [row] = engine.rows("select count(distinct actor), count(distinct day) from bounded_days")
        self._size = int(str(row[0])), int(str(row[1]))
        return self._size[0] >= ACCOUNTS and self._size[1] >= DAYS


def _weigh_sessions(engine: Engine, bucket: Bucket, *, is_first: bool) -> None:
    """Of some accounts: the terms of all their sessions are never kept, only their sums and what is told."""
    weighed = "select actor from actors where actor between $first and $last"
    engine.create("weighed_actors", weighed, first=bucket.first, last=bucket.last)
    engine.create("all_weights", load_query(PACKAGE, "term_weights"), habit=HABIT)
    volume = load_query(PACKAGE, "volume_weights").sql
    # Two threads have hardly done sooner here than one, with up to twice the work.
    with engine.one_thread_each():
        engine.run(f"insert into all_weights by name {volume}", habit=VOLUME_HABIT)
        for step in ("session_weights", "spoken_weights"):
            add_rows(engine, step, load_query(PACKAGE, step).sql, is_first=is_first)
    engine.drop("all_weights")


def _said_sql() -> str:
    """`score_reasons` with each term's sentence."""
    values = {"k": "k", "n": "n", "usual": "usual"}
    cases = " ".join(
        f"when {literal(term)} then {reason_sql(term, sentence, values)}"
        for term, sentence in SENTENCES.items()
    )
    return f"select actor, term, weight, case term {cases} end as reason from score_reasons"


def _texts(**values: float) -> dict[str, Value]:
    return {name: decimal_said(repr(value)) for name, value in values.items()}


def _row_sql(code: str, value: float | None, reason: str) -> str:
    number = "null" if value is None else repr(float(value))
    return (
        f"select {literal(code)} as code, '' as about, {number}::double as value,"
        f" ({reason}) ->> 'fr' as fr, ({reason}) ->> 'en' as en"
    )


def _point_sql(point: OperatingPoint) -> list[str]:
    said = _texts(evidence=round(point.evidence, 2), announced=round(point.announced, 3))
    rows = [_row_sql("operating_point", point.evidence, reason_sql("operating_point", _POINT, said))]
    if point.measured is None:
        return [*rows, _row_sql("unmeasured", None, reason_sql("unmeasured", _UNMEASURED, {}))]
    said = _texts(weeks=round(point.measured_weeks, 1), measured=round(point.measured, 2))
    return [*rows, _row_sql("measured", point.measured, reason_sql("measured", _MEASURED, said))]
