# SPDX-License-Identifier: Apache-2.0
"""Numbers are for ever: what was numbered keeps its number, whatever comes, goes, merges or parts."""

from __future__ import annotations

from pathlib import Path

from tests.made_case import make_case, put, rows_of
from tests.unit.link.people import MOTHER, REGISTRY, Person, person
from tocsin.link.run import run
from tocsin.store.case import Case


def numbers(case: Case, column: str = "person_id") -> dict[object, object]:
    return {row["person"]: row[column] for row in rows_of(case, "persons")}


def disclosed(local_id: str, registry: str | None = "a") -> Person:
    return {"event_id": 1, "registry": registry, "person": local_id, "category": "identity.name"} | {
        "certainty": "shown",
        "protection": "clear",
        "count_in": "floor",
    }


def test_ledger_numbers_in_order_and_puts_strangers_last_when_it_is_new(tmp_path: Path) -> None:
    with make_case(
        tmp_path,
        settings=REGISTRY,
        registry=[person("b"), person("a"), person("x", registry="0")],
        disclosures=[disclosed("0"), disclosed("a"), disclosed("z", None)],
    ) as case:
        run(case)
        assert numbers(case, "own_id") == {"x": 1, "a": 2, "b": 3, "z": 4, "0": 5}
        assert {row["person"]: row["reason"] for row in rows_of(case, "persons")}["z"] == "not_in_registry"


def test_ledger_keeps_numbers_when_local_ids_come_and_go(tmp_path: Path) -> None:
    with make_case(tmp_path, settings=REGISTRY, registry=[person("b"), person("c")], disclosures=[]) as case:
        run(case)
        put(case, registry=[person("a"), person("c")])
        run(case)
        assert numbers(case, "own_id") == {"a": 3, "b": 1, "c": 2}
        assert {row["person"]: row["reason"] for row in rows_of(case, "persons")}["b"] == "gone"
        put(case, registry=[person("0"), person("a"), person("b"), person("c")])
        run(case)
        assert numbers(case, "own_id") == {"0": 4, "a": 3, "b": 1, "c": 2}


def test_ledger_keeps_the_smallest_number_when_two_persons_turn_out_to_be_one(tmp_path: Path) -> None:
    apart = [person("a", ins=MOTHER), person("b"), person("c")]
    with make_case(tmp_path, settings=REGISTRY, registry=apart, disclosures=[]) as case:
        run(case)
        assert numbers(case) == {"a": 1, "b": 2, "c": 3}
        put(case, registry=[*apart[:2], person("c", ins=MOTHER)])
        run(case)
        assert numbers(case) == {"a": 1, "b": 2, "c": 1}
        put(case, registry=apart)
        run(case)
        assert numbers(case) == {"a": 1, "b": 2, "c": 3}


def test_link_writes_the_same_bytes_when_it_runs_again(tmp_path: Path) -> None:
    people = [person("a", ins=MOTHER), person("b", ins=MOTHER), person("c")]
    with make_case(tmp_path, settings=REGISTRY, registry=people, disclosures=[disclosed("a")]) as case:
        run(case)
        first = {name: case.generation.tables[name] for name in ("persons", "exposure", "conflicts")}
        generation = case.generation.number
        run(case)
        assert case.generation.number == generation
        case.generation.stages.pop("link")
        run(case)
        assert {name: case.generation.tables[name] for name in first} == first
