# SPDX-License-Identifier: Apache-2.0
"""What each session shows, and what its account did before: as a plain reading of the same rows has it.

The queries go through sorted rows in their order, so there are more of them than one thread takes at a time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import exp, isclose, lgamma, log

import pyarrow as pa
import pytest

from tocsin.detect.score.thieves import LINKS, THIEVES, thieves_table
from tocsin.detect.sessions import make_moments
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

HABIT = 6.0
SEEN = 150_000
TERMS = 130_000
HALF_HOUR_US = 1_800_000_000

View = tuple[int, int]
"""A session and a person's number."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="1GiB", threads=2) as opened:
        make_moments(opened)
        yield opened


def columns_of(rows: list[tuple[object, ...]], *names: str) -> pa.Table:
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def seen_rows(chance: random.Random) -> list[tuple[int, int, int, int, int | None]]:
    """habit, half_hour, after_us, number, digits; many within one instant, some before 1970."""
    rows = []
    for _ in range(SEEN):
        number = chance.randrange(4_000)
        digits = None if number % 7 == 0 else number // 2
        rows.append(
            (
                chance.randrange(900),
                chance.randrange(-3, 40),
                chance.randrange(4) * 60_000_000,
                number,
                digits,
            )
        )
    return [
        (habit, half, after if half >= 0 else -after, number, digits)
        for habit, half, after, number, digits in rows
    ]


def session_of(habit: int, half_hour: int) -> tuple[int, int]:
    """Its account and the session: several ways of acting lead to one account."""
    return habit % 60, habit * 100 + half_hour // 8 + 10


def test_views_of_a_session_are_counted_as_one_by_one(engine: Engine) -> None:
    rows = seen_rows(random.Random(11))
    cuts = sorted({(habit, half, *session_of(habit, half)) for habit, half, *_ in rows})
    engine.register("seen", columns_of(rows, "habit", "half_hour", "after_us", "number", "digits"))
    engine.register("cuts", columns_of(cuts, "habit", "half_hour", "actor", "session"))
    engine.create(
        "seen_persons",
        "select habit::integer as habit, half_hour::integer as half_hour, after_us::integer as after_us,"
        " number::ubigint as number, digits from seen",
    )
    engine.create("half_hour_cuts", "select * replace (half_hour::integer as half_hour) from cuts")
    for step in ("bucket_views", "first_views", "session_sights"):
        engine.create(step, load_query("tocsin.detect", step))
    found = engine.rows(
        "select session, actor, persons, new_persons, pairs, near_pairs from session_sights order by session"
    )
    assert found == sorted(plain_sights(rows))


def plain_sights(rows: list[tuple[int, int, int, int, int | None]]) -> Iterator[tuple[int, ...]]:
    views: dict[View, tuple[int, int, int | None]] = {}
    firsts: dict[View, tuple[int, int]] = {}
    for habit, half_hour, after_us, number, digits in rows:
        actor, session = session_of(habit, half_hour)
        seen_us = half_hour * HALF_HOUR_US + after_us
        views[session, number] = min(
            views.get((session, number), (seen_us, actor, digits)), (seen_us, actor, digits)
        )
        firsts[actor, number] = min(firsts.get((actor, number), (seen_us, session)), (seen_us, session))
    new: dict[int, int] = defaultdict(int)
    for _seen_us, session in firsts.values():
        new[session] += 1
    held: dict[int, list[tuple[int, int, int | None]]] = defaultdict(list)
    for (session, _number), (seen_us, actor, digits) in views.items():
        held[session].append((seen_us, actor, digits))
    for session, seen in held.items():
        seen.sort(key=lambda one: (one[0], one[2] is None, one[2]))
        steps = [b[2] - a[2] for a, b in pairwise(seen) if a[2] is not None and b[2] is not None]
        near = sum(1 <= abs(step) <= 3 for step in steps)
        yield session, seen[0][1], len(seen), new[session], len(steps), near


def test_weights_rest_on_what_the_account_did_before(engine: Engine) -> None:
    chance = random.Random(12)
    names = [term for term, *_ in THIEVES]
    rates = {
        (actor, term): (line, chance.uniform(0.002, 0.6), chance.uniform(0.01, 0.3))
        for line, (actor, term) in enumerate((actor, term) for actor in range(300) for term in names)
    }
    rows = []
    turns: dict[tuple[int, str], int] = defaultdict(int)
    for session in range(TERMS):
        actor, term = (
            chance.choice(list(rates)) if session % 50 == 0 else (session % 300, chance.choice(names))
        )
        turns[actor, term] += chance.randrange(1, 4)
        n = chance.choice((1, 1, 2, 5, 30))
        rows.append((session, actor, turns[actor, term], term, chance.randrange(n + 1), n))
    chance.shuffle(rows)
    engine.register("terms", columns_of(rows, "session", "actor", "turn", "term", "k", "n"))
    priors = [(actor, term, *told) for (actor, term), told in rates.items()]
    engine.register("priors", columns_of(priors, "actor", "term", "line", "rate", "spread"))
    engine.register("thieves", thieves_table())
    engine.create("session_terms", "from terms")
    engine.create("prior_rates", "from priors")
    engine.create("weighed_actors", "select range as actor from range(200)")
    found = engine.rows(
        f"select session, weight from ({load_query('tocsin.detect', 'term_weights').sql}) order by session",
        habit=HABIT,
    )
    expected = sorted(plain_weights(rows, rates))
    assert [row[0] for row in found] == [session for session, _weight in expected]
    assert len(found) > TERMS // 2
    for (session, weight), (_session, told) in zip(found, expected, strict=True):
        assert isclose(float(str(weight)), told, rel_tol=1e-5, abs_tol=1e-6), session


def plain_weights(
    rows: list[tuple[int, int, int, str, int, int]], rates: dict[tuple[int, str], tuple[int, float, float]]
) -> Iterator[tuple[int, float]]:
    shapes = {term: (a, b, weight, term in LINKS) for term, a, b, weight in THIEVES}
    past: dict[tuple[int, str], tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for session, actor, _turn, term, k, n in sorted(rows, key=lambda row: (row[1], row[3], row[2])):
        if actor >= 200:
            continue
        _line, rate, spread = rates[actor, term]
        past_k, past_n = past[actor, term]
        past[actor, term] = past_k + min(k, 1 + 2 * rate * n), past_n + n
        usual = min(max(rate / 10, (past_k + HABIT * rate) / (past_n + HABIT)), rate * 3)
        usual = min(0.95, max(0.0005, usual))
        thief_a, thief_b, weight, is_link = shapes[term]
        a, b = (thief_a + thief_b * usual, thief_b * (1 - usual)) if is_link else (thief_a, thief_b)
        size = 1 / spread - 1
        ratio = beta_binomial(k, n, a, b) - beta_binomial(k, n, usual * size, (1 - usual) * size)
        yield session, log(1 - weight + weight * exp(max(-50, min(50, ratio))))


def beta_binomial(k: int, n: int, a: float, b: float) -> float:
    """Logarithm of its probability, but for what does not depend on a and b."""
    return lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b) - lgamma(a) - lgamma(b) + lgamma(a + b)
