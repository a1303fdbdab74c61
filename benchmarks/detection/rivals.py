# SPDX-License-Identifier: Apache-2.0
"""Other methods on the same sessions: robust z of daily persons, IsolationForest and ECOD of PyOD.

PyOD is no dependency of Tocsin: `uv run --with pyod python -m benchmarks.detection.run`. Without it only the
robust z is measured, and the table says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from tocsin.store.engine import Engine

FEATURES = """
select
    account,
    day,
    sum(persons), sum(new_persons), sum(unexplained), count(*), sum(events), sum(writes), sum(searches),
    sum(broad_searches), sum(failures), sum(near_pairs), sum(pairs), max(persons), max(new_persons),
    max(unexplained), sum(is_new_device::int), sum(is_new_address::int), min(hour), max(hour),
    sum(unexplained) / greatest(sum(new_persons), 1), sum(near_pairs) / greatest(sum(pairs), 1),
    sum(new_persons) / greatest(sum(persons), 1), max(epoch(last_at) - epoch(first_at)),
    count(distinct device), count(distinct address)
from session_features
group by account, day
order by account, day
"""
Matrix = NDArray[np.float64]


def rival_rankings(engine: Engine, seed: int) -> dict[str, tuple[list[str], float]]:
    """Accounts by the largest of their days' scores, for each method at hand, and its CPU seconds.

    What it took to make sessions and features is not in these seconds.
    """
    rows = engine.rows(FEATURES)
    accounts = [str(row[0]) for row in rows]
    matrix = np.array([[float(str(v)) for v in row[2:]] for row in rows])
    methods: dict[str, Callable[[], Matrix]] = {"robust z": lambda: _robust_z(accounts, matrix[:, 0])}
    if find_spec("pyod"):
        methods["IsolationForest"] = lambda: _fitted(
            "pyod.models.iforest", "IForest", matrix, random_state=seed
        )
        methods["ECOD"] = lambda: _fitted("pyod.models.ecod", "ECOD", matrix)
    found = {}
    for name, method in methods.items():
        began = time.process_time()
        scores = method()
        found[name] = _ranked(accounts, scores), time.process_time() - began
    return found


def _robust_z(accounts: list[str], persons: Matrix) -> Matrix:
    """Of each day against its own account's median."""
    names, place = np.unique(accounts, return_inverse=True)
    medians = np.array([np.median(persons[place == n]) for n in range(len(names))])
    spread = np.array([np.median(np.abs(persons[place == n] - medians[n])) for n in range(len(names))])
    found: Matrix = (persons - medians[place]) / (1.4826 * spread[place] + 1)
    return found


def _fitted(module: str, name: str, matrix: Matrix, **options: int) -> Matrix:
    model = getattr(import_module(module), name)(**options)
    model.fit(matrix)
    found: Matrix = model.decision_scores_
    return found


def _ranked(accounts: list[str], scores: Matrix) -> list[str]:
    best: dict[str, float] = {}
    for account, score in zip(accounts, scores, strict=True):
        best[account] = max(best.get(account, -np.inf), float(score))
    return sorted(best, key=lambda account: (-best[account], account))
