# SPDX-License-Identifier: Apache-2.0
"""A shadow month counts what would be raised in a clean period, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.made_case import HEAD, make_case
from tests.unit.detect.small_platform import SOURCES, numbered, quiet_days, quiet_relations, theft
from tocsin.cli.main import cli
from tocsin.core.errors import InputError
from tocsin.detect.shadow import Raised, shadow
from tocsin.store.case import Case


def at(day: int) -> datetime:
    return datetime(2024, 3, day, tzinfo=UTC)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """A quiet fortnight, then a thief."""
    folder = tmp_path_factory.mktemp("shadow")
    (folder / "case.toml").write_text(HEAD + SOURCES, "utf-8")
    events = numbered(quiet_days() + theft(3, range(14, 20)))
    with make_case(folder, events=events, relations=quiet_relations()) as opened:
        yield opened


def test_clean_fortnight_raises_nobody(case: Case) -> None:
    *_others, last = shadow(case, at(4), at(18))
    assert (last.detector, last.accounts, last.per_week) == ("all", 0, 0.0)


def test_what_is_raised_is_told_by_the_week(case: Case) -> None:
    raised = {row.detector: row for row in shadow(case, at(4), at(25))}
    assert raised["all"] == Raised("all", 1, 0.333, raised["all"].told)
    assert raised["score"].accounts == 1


def test_nothing_is_written(case: Case) -> None:
    before = case.generation
    shadow(case, at(4), at(18))
    assert case.generation == before
    assert not case.has("findings")


@pytest.mark.parametrize(("first", "end"), [(18, 4), (4, 4), (1, 2)])
def test_period_without_events_is_refused(case: Case, first: int, end: int) -> None:
    with pytest.raises(InputError):
        shadow(case, at(first), at(end))


def test_verb_says_each_detectors_rate(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(HEAD + SOURCES, "utf-8")
    with make_case(tmp_path, events=numbered(quiet_days(8)), relations=quiet_relations(8)):
        pass
    period = ["--shadow", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z"]
    done = CliRunner().invoke(cli, ["detect", str(tmp_path), "--by", "tests", "--json", *period])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["result"]["shadow"][-1] | {"told": 0} == {
        "detector": "all",
        "accounts": 0,
        "per_week": 0.0,
        "told": 0,
    }
