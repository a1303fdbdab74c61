# SPDX-License-Identifier: Apache-2.0
"""A run that is killed again and again ends with the same bytes as one that was left alone.

script/test tests/kill              a few kills
script/test -m slow tests/kill      twenty, over several seeds
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kill.killed import Whole, assert_the_same, kill_many, make_whole, run_to_the_end


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return make_whole(tmp_path_factory.mktemp("kill"))


def test_run_killed_six_times_ends_with_the_same_bytes(whole: Whole, tmp_path: Path) -> None:
    case = Path(shutil.copytree(whole.untouched, tmp_path / "case"))
    assert kill_many(case, whole.duration * 0.6, times=6, seed=5) >= 3
    run_to_the_end(case)
    assert_the_same(case, whole.case)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_run_killed_at_any_moment_ends_with_the_same_bytes(whole: Whole, tmp_path: Path, seed: int) -> None:
    case = Path(shutil.copytree(whole.untouched, tmp_path / "case"))
    kill_many(case, whole.duration, times=4, seed=seed)
    run_to_the_end(case)
    assert_the_same(case, whole.case)
