# SPDX-License-Identifier: Apache-2.0
"""The rules that come with Tocsin: each finds its own account and leaves the calm one alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.detect.sigma_scenes import case_of, pack_scenes
from tocsin.detect.run import read_sight, run
from tocsin.detect.sigma.rules import PACK, read_rules, rule_id, rule_texts
from tocsin.detect.sigma.running import LEVELS

PACKED = read_rules(rule_texts([PACK], Path()))
NAMES = {
    name.partition("/")[2].removesuffix(".yml"): {rule_id(rule) for rule in read_rules([(name, text)]).rules}
    for name, text in rule_texts([PACK], Path())
}
Row = dict[str, object]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Row], list[Row]]]:
    settings = f'\n[detect]\nsigma = ["{PACK}"]\n'
    with case_of(tmp_path_factory.mktemp("pack"), pack_scenes(), settings) as case:
        run(case)
        yield rows_of(case, "findings"), read_sight(case)


def of_rule(rows: list[Row], name: str) -> list[Row]:
    return [row for row in rows if str(row["detector"]).removeprefix("sigma:") in NAMES[name]]


def test_pack_is_read_whole() -> None:
    assert PACKED.refused == {}
    assert len(NAMES) == 11


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"watched_record"}))
def test_rule_finds_its_account_and_no_calm_one(found: tuple[list[Row], list[Row]], name: str) -> None:
    assert {row["account"] for row in of_rule(found[0], name)} == {name}


def test_record_read_by_many_names_them_all(found: tuple[list[Row], list[Row]]) -> None:
    assert {row["account"] for row in of_rule(found[0], "watched_record")} == {
        f"watched_record {n}" for n in range(15)
    }


def test_finding_counts_events_and_distinct_patients_and_says_them_in_both_languages(
    found: tuple[list[Row], list[Row]],
) -> None:
    [row] = of_rule(found[0], "mass_reading")
    assert (row["events"], row["persons"]) == (100, 100)
    [reason] = json.loads(str(row["reasons"]))
    assert "100 patients" in reason["en"]
    assert reason["fr"] != reason["en"]


def test_no_level_is_enough_for_an_alarm(found: tuple[list[Row], list[Row]]) -> None:
    held = [row["p"] for row in found[0] if str(row["detector"]).startswith("sigma:")]
    assert held
    assert all(float(str(p)) < 0.5 for p in held)
    assert max(LEVELS.values()) < 0.5


def test_each_rule_that_ran_is_said(found: tuple[list[Row], list[Row]]) -> None:
    assert len([row for row in found[1] if row["code"] == "sigma_ran"]) == len(NAMES)
