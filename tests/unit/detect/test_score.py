# SPDX-License-Identifier: Apache-2.0
"""The score finds a thief in the doctor's account, says why, and says what it cannot see."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.detect.directory import found, reasons
from tests.unit.detect.small_platform import (
    detected,
    doctor,
    numbered,
    quiet_days,
    quiet_relations,
    read,
    stranger,
    theft,
)
from tocsin.detect.run import run
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

CLEAN = "\n[detect]\nclean = { from = 2024-03-04T00:00:00Z, until = 2024-03-14T00:00:00Z }\n"


def sight(case: Case) -> dict[str, dict[str, object]]:
    return {f"{row['code']} {row['about']}".strip(): row for row in rows_of(case, "sight")}


def test_slow_thief_is_found_with_the_reason_in_both_languages(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(8, 18))
    with detected(tmp_path, events, relations=quiet_relations()) as (case, _report):
        ranked = found(case)
        assert ranked[doctor(3)]["rank"] == 1
        assert float(str(ranked[doctor(3)]["p"])) > 0.5
        assert [a for a, row in ranked.items() if float(str(row["p"])) >= 0.5] == [doctor(3)]
        said = {str(reason["code"]): reason for reason in reasons(ranked[doctor(3)])}
    assert said["no_relation"]["values"]["k"] >= 100  # type: ignore[index]
    assert "no known link with you or your practice" in str(said["no_relation"]["en"])
    assert "aucun lien connu" in str(said["no_relation"]["fr"])


def test_quiet_platform_raises_no_alarm(tmp_path: Path) -> None:
    with detected(tmp_path, quiet_days(), relations=quiet_relations()) as (case, _report):
        assert [row for row in found(case).values() if float(str(row["p"])) >= 0.5] == []


def test_declared_operation_clears_the_same_reading(tmp_path: Path) -> None:
    declared = f'\n[[operations]]\naccount = "{doctor(3)}"\nwhy = "coding review"\n'
    events = quiet_days() + theft(3, range(8, 18))
    with detected(tmp_path, events, settings=declared, relations=quiet_relations()) as (case, _report):
        assert doctor(3) not in found(case)


def test_thief_who_reads_from_the_owners_machine_is_found_by_relations_alone(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(8, 18), device="pc3", address="10.0.0.3")
    with detected(tmp_path, events, relations=quiet_relations()) as (case, _report):
        assert found(case)[doctor(3)]["rank"] == 1


def test_sessions_of_an_account_in_alarm_are_told_apart(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(8, 18))
    with detected(tmp_path, events, relations=quiet_relations()) as (case, _report):
        rows = [r for r in rows_of(case, "findings") if r["detector"] == "session"]
    assert {r["account"] for r in rows} == {doctor(3)}
    mornings = [float(str(r["p"])) for r in rows if r["first_at"].hour == 8]  # type: ignore[attr-defined]
    afternoons = [float(str(r["p"])) for r in rows if r["first_at"].hour == 14]  # type: ignore[attr-defined]
    assert len(mornings) == 20
    assert len(afternoons) == 10
    assert max(mornings) < 0.5 < min(afternoons)


def test_what_it_cannot_see_is_said_when_there_is_no_relation(tmp_path: Path) -> None:
    with detected(tmp_path, quiet_days()) as (case, _report):
        told = sight(case)
    assert told["blind"]["en"] == (
        "No relation says who treats whom: slow reading is seen here only by what colleagues and neighbouring"
        " organisations open. Give [[relations]]."
    )
    assert told["explained"]["value"] == 0


def test_support_of_each_relation_and_what_their_lack_would_hide_are_measured(tmp_path: Path) -> None:
    with detected(tmp_path, quiet_days(), relations=quiet_relations()) as (case, _report):
        told = sight(case)
    assert 0.9 < float(str(told["explained agenda"]["value"])) < 1.0
    assert told["explained agenda"]["value"] == told["explained"]["value"]
    assert "% alone" in str(told["explained agenda"]["en"])
    assert "," in str(told["explained"]["fr"]), "French has a comma before decimals"
    slowest = [int(rate) for rate in re.findall(r"\d+", str(told["slowest"]["en"]))]
    assert slowest == sorted(slowest)
    assert slowest[0] < slowest[-1], "the fewer relations, the faster a theft must be to be seen"


def test_small_platform_is_not_scored_and_says_so(tmp_path: Path) -> None:
    events = quiet_days(doctors=10) + theft(3, range(8, 18))
    with detected(tmp_path, events, relations=quiet_relations()) as (case, _report):
        assert found(case) == {}
        assert list(sight(case)) == ["too_few"]


def test_clean_period_gives_the_real_rate(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(12, 20))
    with detected(tmp_path, events, settings=CLEAN, relations=quiet_relations()) as (case, _report):
        told = sight(case)
        assert found(case)[doctor(3)]["rank"] == 1
    assert told["measured"]["value"] == 0
    assert "unmeasured" not in told


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(8, 18))
    with detected(tmp_path, events, relations=quiet_relations()) as (case, _report):
        before = case.generation.tables["findings"]
        assert run(case).is_current
        assert case.generation.tables["findings"] == before


def test_order_of_events_in_the_files_changes_nothing(tmp_path: Path) -> None:
    events = numbered(quiet_days() + theft(3, range(8, 18)))
    told = []
    for name, rows in (("a", events), ("b", events[::-1])):
        with detected(tmp_path / name, rows, relations=quiet_relations()) as (case, _report):
            told.append({a: (row["p"], row["persons"]) for a, row in found(case).items() if row["p"] > 0.5})  # type: ignore[operator]
    assert set(told[0]) == set(told[1])


@pytest.mark.parametrize("persons", [1, 3])
def test_one_account_that_outweighs_all_others_stops_nothing(tmp_path: Path, persons: int) -> None:
    giant = [read(1, day, n % 600, stranger(n * persons)) for day in range(3) for n in range(900)]
    with detected(tmp_path, quiet_days() + giant, relations=quiet_relations()) as (case, report):
        assert report.accounts >= 1
        assert json.loads(str(found(case)[doctor(1)]["reasons"]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3, 4), min_size=1, max_size=25))
def test_evidence_is_the_largest_sum_of_stretches_that_end_on_one_day_by_the_number_of_days(
    weights: list[float],
) -> None:
    sums = [0.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    plain = [[math.exp(sums[end] - sums[start]) for start in range(end)] for end in range(1, len(sums))]
    days = ", ".join(f"(1, date '2024-01-01' + {n}, {w!r}::double)" for n, w in enumerate(weights))
    with Engine() as engine:
        engine.create("bounded_days", f"select * from (values {days}) as t(actor, day, weight)")
        scored = load_query("tocsin.detect", "account_scores")
        [row] = engine.rows(scored, **{"from": None, "until": None})
    assert float(str(row[2])) == pytest.approx(math.log(max(map(sum, plain)) / len(weights)), abs=1e-6)
    assert float(str(row[3])) == pytest.approx(max(math.log(x) for ends in plain for x in ends), abs=1e-9)
