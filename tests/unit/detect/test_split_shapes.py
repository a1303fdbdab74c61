# SPDX-License-Identifier: Apache-2.0
"""What the split learns of a thief from the case's own sessions."""

from __future__ import annotations

import numpy as np
import pytest

from tocsin.detect.split.habits import habits_of
from tocsin.detect.split.shapes import FIRST_OUTSIZED, SHAPES, TERMS, Thieves, learn

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
