# SPDX-License-Identifier: Apache-2.0
"""What the split learns of a thief from the case's own sessions."""

from __future__ import annotations

import numpy as np
import pytest

from tocsin.detect.split.habits import habits_of
from tocsin.detect.split.shapes import FIRST_OUTSIZED, SHAPES, TERMS, Bulk, Thieves, learn, learn_bulk

SESSIONS = 30


def learnt(p: float, broad: float, written: int = 0) -> Thieves:
    """Of one account whose sessions are all alike: ten persons each, none linked; so many of them wrote."""
    k, n = np.zeros((SESSIONS, len(SHAPES))), np.zeros((SESSIONS, len(SHAPES)))
    k[:, TERMS.index("no_relation")] = n[:, TERMS.index("no_relation")] = 10
    n[:, TERMS.index("no_write")] = 1
    k[written:, TERMS.index("no_write")] = 1
    whole = np.ones((SESSIONS, len(SHAPES)))
    account = np.zeros(SESSIONS, np.int64)
    told, large = np.full(SESSIONS, p), np.full(SESSIONS, broad)
    return learn(told, whole, account, 1, k, n, np.full(SESSIONS, 10.0), large)


def test_thief_is_held_to_be_steadier_when_no_session_is_larger() -> None:
    assert learnt(1.0, 0.0).outsized[0] < FIRST_OUTSIZED / 2


def test_thief_is_held_to_be_uneven_when_sessions_are_larger() -> None:
    assert learnt(1.0, 0.9).outsized[0] > FIRST_OUTSIZED * 3


def test_nothing_is_learnt_when_no_session_is_the_thiefs() -> None:
    thieves = learnt(0.0, 0.9)
    assert thieves.outsized[0] == pytest.approx(FIRST_OUTSIZED)
    for place, shape in enumerate(SHAPES):
        mean = thieves.a[0, place] / (thieves.a[0, place] + thieves.b[0, place])
        assert mean == pytest.approx(min(shape.a / (shape.a + shape.b), 0.98))


def test_few_sessions_that_wrote_nothing_are_enough_to_tell_that_the_thief_reads() -> None:
    place = TERMS.index("no_write")
    reads, writes = learnt(1.0, 0.0), learnt(1.0, 0.0, written=SESSIONS)
    mean = reads.a[0, place] / (reads.a[0, place] + reads.b[0, place])
    assert mean > 0.95
    assert writes.a[0, place] < reads.a[0, place] / 2


def evenness(unlinked: list[int]) -> float:
    """a + b of the links of a thief whose sessions of ten persons each had so many without a link."""
    k, n = np.zeros((SESSIONS, len(SHAPES))), np.zeros((SESSIONS, len(SHAPES)))
    place = TERMS.index("no_relation")
    k[:, place], n[:, place] = np.resize(unlinked, SESSIONS), 10
    ones = np.ones(SESSIONS)
    thieves = learn(
        ones, np.ones_like(k), np.zeros(SESSIONS, np.int64), 1, k, n, np.full(SESSIONS, 10.0), 0 * ones
    )
    return float(thieves.a[0, place] + thieves.b[0, place])


def test_thief_who_takes_as_many_of_the_owners_each_day_is_held_to_be_even() -> None:
    shape = SHAPES[TERMS.index("no_relation")]
    chosen = (shape.a + shape.b) * 2
    assert evenness([7, 7, 7]) > 2 * chosen
    assert evenness([10, 4, 7]) < evenness([7, 7, 7])
    assert evenness([0, 10]) < chosen


def test_usual_share_of_new_persons_is_the_weeks_and_the_professions() -> None:
    """Two professions, four weeks: everybody is new at first; one comes back to its persons, one does not."""
    day = np.tile(np.repeat(np.arange(4.0) * 7, 25), 2)
    role = np.repeat(np.array([0, 1]), 100)
    account = np.arange(200) % 10 + 10 * role
    seen = np.full(200, 10.0)
    new = np.where((role == 0) & (day >= 7), 3.0, 9.0)
    clean = np.ones(200, np.bool_)
    rate, spread = habits_of(new, seen, account, role, day, clean)
    assert rate[role == 1].min() > 0.85
    assert rate[(role == 0) & (day == 0)].min() > 0.8
    assert rate[(role == 0) & (day > 0)].max() < 0.4
    assert spread.max() == pytest.approx(0.02)


def test_stolen_account_teaches_no_usual_share() -> None:
    seen, day, account = np.full(40, 10.0), np.zeros(40), np.arange(40) % 4
    clean = account < 3
    new = np.where(clean, 2.0, 10.0)
    rate, _spread = habits_of(new, seen, account, np.zeros(40, np.int64), day, clean)
    assert rate.max() < 0.25


def two_thieves(sessions: int, persons: list[float]) -> Thieves:
    """Many sessions of one account that wrote nothing, of so many persons by turns; one of another."""
    account = np.append(np.zeros(sessions, np.int64), 1)
    k, n = np.zeros((sessions + 1, len(SHAPES))), np.zeros((sessions + 1, len(SHAPES)))
    k[:, TERMS.index("no_write")] = n[:, TERMS.index("no_write")] = 1
    seen = np.append(np.resize(persons, sessions), 10.0)
    ones = np.ones(sessions + 1)
    return learn(ones, np.ones_like(k), account, 2, k, n, seen, 0 * ones)


def test_thief_of_one_session_is_held_to_be_as_the_others_of_the_case() -> None:
    few, many = two_thieves(2, [10.0]), two_thieves(200, [10.0])
    place = TERMS.index("no_write")
    assert many.share[-1, place] > few.share[-1, place]
    assert many.outsized[-1] < few.outsized[-1]


def test_thief_who_sees_as_many_each_day_is_held_to_be_even() -> None:
    assert two_thieves(60, [10.0]).size[0] > 3 * two_thieves(60, [3.0, 17.0]).size[0]


def bulk(sizes: list[float], others: list[float]) -> Bulk:
    """Clean bulk work of these sizes, and other sessions beside it."""
    seen = np.array(sizes + others)
    is_bulk = np.arange(len(seen)) < len(sizes)
    shape = (len(seen), len(SHAPES))
    role = np.zeros(len(seen), np.int64)
    return learn_bulk(is_bulk, role, np.ones(len(seen), np.bool_), np.zeros(shape), np.zeros(shape), seen)


def test_bulk_work_is_as_often_of_a_size_as_it_was_seen_when_there_are_two_kinds() -> None:
    """Favours of ten, vaccination days of a hundred: thirty lies between, and is neither."""
    found = bulk([10.0] * 40 + [100.0] * 10, [30.0, 10.0, 100.0])
    between, favour, day = np.exp(found.sizes[-3:])
    assert favour > 10 * between
    assert day > between
    assert favour > day


def test_bulk_work_of_any_size_is_possible() -> None:
    for seen in ([10.0] * 40, []):
        found = bulk(seen, [1.0, 5_000.0, 1e6])
        assert np.isfinite(found.sizes).all()
    assert np.exp(
        bulk([10.0] * 40, [float(size) for size in range(1, 400)]).sizes[40:]
    ).sum() == pytest.approx(1, abs=0.05)
