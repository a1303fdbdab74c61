# SPDX-License-Identifier: Apache-2.0
"""What the pattern found is tried on: which sessions are given to whom, and what is made of the outcome."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tocsin.detect.split.calibration import SHARPER, _fit, _given, _Host
from tocsin.detect.split.sessions import Sessions, read_sessions

HOSTS = 200
SHARES = (0.9999, 0.9, 0.5, 0.1)


def one_thief() -> Sessions:
    """One account whose four sessions say nothing."""
    number = len(SHARES)
    whole = {
        name: [0] * number
        for name in (
            *("device_accounts", "device_held", "device_colleagues", "address_accounts", "address_held"),
            *("address_colleagues", "turn", "new_persons", "volume_mean", "volume_size"),
        )
    }
    names = [f"s{place}" for place in range(number)]
    return read_sessions(
        pa.table(
            {
                **whole,
                "session_id": names,
                "account": ["thief"] * number,
                "account_p": [1.0] * number,
                "is_clean": [False] * number,
                "role": ["gp"] * number,
                "device": names,
                "address": names,
                "first_at": pa.array(range(number), pa.timestamp("us")),
                "persons": [10] * number,
                "terms": ["[]"] * number,
                "at_once": [[]] * number,
            }
        )
    )


def test_session_is_given_to_as_large_a_share_of_the_hosts_as_it_is_likely() -> None:
    sessions, p, pattern = one_thief(), np.array(SHARES), np.arange(len(SHARES))
    given = [_given(sessions, p, pattern, _Host(1, 0, turn)) for turn in range(HOSTS)]
    number = np.bincount(np.concatenate(given), minlength=len(SHARES)) / HOSTS
    expected = p**SHARPER / (p**SHARPER + (1 - p) ** SHARPER)
    assert number == pytest.approx(expected, abs=1.5 / HOSTS)


def test_doubtful_sessions_of_any_ten_hosts_in_a_row_are_as_many_as_of_all() -> None:
    sessions, p, pattern = one_thief(), np.array(SHARES), np.arange(len(SHARES))
    for first in (0, 7, 50):
        given = [_given(sessions, p, pattern, _Host(1, 0, turn)) for turn in range(first, first + 10)]
        assert sum(2 in own.tolist() for own in given) == 5


def drawn(p: list[float], truth: float, number: int) -> tuple[np.ndarray, np.ndarray]:
    """So many sessions of each p, that share of them the thief's whatever p says (no luck in it)."""
    told = np.repeat(p, number)
    return told, np.tile(np.arange(number) < round(truth * number), len(p))


def test_nothing_is_corrected_when_what_is_said_is_true() -> None:
    parts = [drawn([p], p, 1000) for p in (0.02, 0.2, 0.5, 0.8, 0.98)]
    told, truth = (np.concatenate(column) for column in zip(*parts, strict=True))
    slope, shift = _fit(told, truth, np.ones(len(told)))
    assert slope == pytest.approx(1, abs=1e-3)
    assert shift == pytest.approx(0, abs=1e-3)


def test_probabilities_are_lowered_when_fewer_were_the_thiefs() -> None:
    told, truth = drawn([0.5], 0.1, 1000)
    slope, shift = _fit(told, truth, np.ones(len(told)))
    assert slope == pytest.approx(1)
    assert 0.1 < 1 / (1 + np.exp(-shift)) < 0.15


def test_few_sessions_correct_little() -> None:
    told, truth = drawn([0.5], 0.0, 4)
    assert -0.2 < _fit(told, truth, np.ones(len(told)))[1] < 0


def test_session_weighs_by_its_persons() -> None:
    told = np.full(1000, 0.5)
    truth = np.arange(1000) < 500
    assert _fit(told, truth, np.ones(1000))[1] == pytest.approx(0)
    assert _fit(told, truth, np.where(truth, 1.5, 0.5))[1] > 0.8
