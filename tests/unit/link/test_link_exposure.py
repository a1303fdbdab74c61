# SPDX-License-Identifier: Apache-2.0
"""What each person had shown: the strongest certainty, the narrowest count, every form and controller."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.made_case import NOON, make_case, rows_of
from tests.unit.link.people import MOTHER, OTHER_REGISTRY, REGISTRY, Person, person
from tocsin.link.run import run


def shown(event: int, local_id: str = "1", **more: object) -> Person:
    """One disclosure of a name in clear, in the floor."""
    base: Person = {
        "event_id": event,
        "registry": "a",
        "person": local_id,
        "category": "identity.name",
        "certainty": "shown",
        "protection": "clear",
        "count_in": "floor",
        "occurred_at": NOON + timedelta(minutes=event),
    }
    return base | more


def exposure_of(
    folder: Path, *disclosures: Person, people: list[Person] | None = None, settings: str = REGISTRY
) -> list[dict[str, object]]:
    registry = people or [person("1")]
    with make_case(folder, settings=settings, registry=registry, disclosures=disclosures) as case:
        run(case)
        return rows_of(case, "exposure")


def test_exposure_folds_the_disclosures_of_one_person_and_category(tmp_path: Path) -> None:
    [row] = exposure_of(
        tmp_path,
        shown(1, certainty="reachable", count_in="ceiling", controller="k2"),
        shown(2, certainty="reconstructed", count_in="best", controller="k1", data_from=NOON),
        shown(2, certainty="reconstructed", count_in="best", record_type="appointment", record="A1"),
        shown(3, protection="pseudonymised", controller="k1", data_until=NOON),
    )
    assert row == {
        "person_id": 1,
        "category": "identity.name",
        "certainty": "shown",
        "count_in": "floor",
        "first_at": NOON + timedelta(minutes=1),
        "last_at": NOON + timedelta(minutes=3),
        "events": 3,
        "data_from": NOON,
        "data_until": NOON,
        "protection": ["clear", "pseudonymised"],
        "controllers": ["k1", "k2"],
    }


def test_exposure_gathers_the_local_ids_of_one_person(tmp_path: Path) -> None:
    people = [person("1", ins=MOTHER), person("2", ins=MOTHER)]
    [row] = exposure_of(
        tmp_path, shown(1, "1", count_in="ceiling"), shown(1, "2", count_in="best"), people=people
    )
    assert (row["person_id"], row["count_in"], row["events"]) == (1, "best", 1)


def test_exposure_is_in_no_count_when_only_encrypted_data_were_shown(tmp_path: Path) -> None:
    [row] = exposure_of(tmp_path, shown(1, protection="encrypted", count_in=None))
    assert (row["count_in"], row["protection"], row["certainty"]) == (None, ["encrypted"], "shown")


def test_exposure_tells_of_what_counts_when_other_data_were_encrypted(tmp_path: Path) -> None:
    [row] = exposure_of(
        tmp_path,
        shown(1, protection="encrypted", count_in=None),
        shown(2, certainty="reachable", count_in="ceiling"),
    )
    assert (row["count_in"], row["certainty"], row["events"]) == ("ceiling", "reachable", 1)
    assert row["first_at"] == NOON + timedelta(minutes=2)
    assert row["protection"] == ["clear", "encrypted"]


def test_exposure_of_a_test_identity_is_in_no_count(tmp_path: Path) -> None:
    people = [person("1", ins=MOTHER, ins_oid="1.2.250.1.213.1.4.10")]
    [row] = exposure_of(tmp_path, shown(1), people=people)
    assert row["count_in"] is None


def test_exposure_of_a_local_id_outside_the_registry_is_in_the_floor_when_there_is_one_registry(
    tmp_path: Path,
) -> None:
    [row] = exposure_of(tmp_path, shown(1, "9"))
    assert row["count_in"] == "floor"


def test_exposure_of_a_local_id_outside_the_registry_is_in_the_best_when_there_are_several(
    tmp_path: Path,
) -> None:
    [row] = exposure_of(tmp_path, shown(1, "9"), settings=REGISTRY + OTHER_REGISTRY)
    assert row["count_in"] == "best"


def test_exposure_holds_nobody_when_a_record_is_of_nobody_known(tmp_path: Path) -> None:
    assert exposure_of(tmp_path, shown(1) | {"person": None, "record_type": "file", "record": "F"}) == []


def test_exposure_has_no_controller_when_none_is_known(tmp_path: Path) -> None:
    [row] = exposure_of(tmp_path, shown(1))
    assert row["controllers"] == []
