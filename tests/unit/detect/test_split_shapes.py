# SPDX-License-Identifier: Apache-2.0
"""What the split learns of a thief from the case's own sessions."""

from __future__ import annotations

import numpy as np
import pytest

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
