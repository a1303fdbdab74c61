# SPDX-License-Identifier: Apache-2.0
"""What facts fill: enough, each with evidence that resolves, and never a guess."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.declare.cases import (
    NOW,
    demo_folder,
    empty_case,
    filled_of,
    gathered_of,
    golden_folder,
    ground_of,
    report_of,
)
from tests.unit.declare.resolving import resolves
from tocsin.core.terms import Category
from tocsin.declare.fill import Field, fill
from tocsin.declare.gather import gather
from tocsin.declare.ground import Ground
from tocsin.declare.inputs import asked, category_lists, inputs, list_of, lists

LEAST = 60
CASES = pytest.mark.parametrize(
    "folder",
    [pytest.param(golden_folder, id="golden"), pytest.param(demo_folder, id="R5", marks=pytest.mark.slow)],
)


def from_facts(fields: dict[str, Field]) -> list[Field]:
    return [
        f for f in fields.values() if f.state == "filled" and f.origin == "facts" and inputs()[f.id].is_edpb
    ]


@CASES
def test_facts_alone_fill_at_least_sixty_inputs_of_the_edpb(folder: Callable[[], Path]) -> None:
    filled = from_facts(filled_of(folder()))
    assert len(filled) >= LEAST
    # A box that is merely not observed is the weaker half: most must say something.
    assert sum(1 for field in filled if field.value != "not_observed") >= 40


@CASES
def test_each_fact_has_evidence_that_resolves(folder: Callable[[], Path]) -> None:
    gathered = gathered_of(folder())
    for field in fill(gathered.ground).values():
        if field.state == "filled":
            assert field.evidence, field.id
            assert [one.address for one in field.evidence if not resolves(one, gathered.ground)] == [], (
                field.id
            )


@CASES
def test_each_fact_rests_on_what_the_model_says_it_may(folder: Callable[[], Path]) -> None:
    for field in filled_of(folder()).values():
        if field.state == "filled" and field.origin == "facts":
            reads = inputs()[field.id].reads
            strange = [
                one.address
                for one in field.evidence
                if not any(one.address.startswith(read) or one.kind == read for read in reads)
                and not (one.kind == "claim" and any(read.startswith("claim:") for read in reads))
            ]
            assert strange == [], field.id


@CASES
def test_each_value_is_one_that_the_input_may_have(folder: Callable[[], Path]) -> None:
    for field in filled_of(folder()).values():
        closed = list_of(inputs()[field.id])
        if field.state == "filled" and closed is not None:
            assert field.value in closed, field.id


@CASES
def test_each_field_left_open_says_who_can_answer(folder: Callable[[], Path]) -> None:
    for field in filled_of(folder()).values():
        if field.state == "tbd":
            assert field.who, field.id
            assert set(field.who) <= set(lists()["roles"])


def test_an_empty_case_fills_only_what_case_toml_and_the_journal_say(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        fields = fill(gather(case, NOW).ground)
    filled = {name for name, field in fields.items() if field.state == "filled"}
    assert filled == {"1.type", "1.subtype", "1.reference", "7.attachments.other"}
    assert fields["3.3.number"].state == "tbd"


def test_a_case_in_which_nothing_was_examined_counts_nobody(tmp_path: Path) -> None:
    gathered = gathered_of(golden_folder())
    report = copy.deepcopy(report_of(golden_folder()))
    report["scope"]["events"] = report["figures"]["scope.events"]["value"] = 0
    fields = fill(ground_of(report, gathered.ground))
    for name in ("3.3.number", "3.4.types.health", "3.2.nature.confidentiality", "3.1.begin", "fr.claims"):
        assert fields[name].state == "tbd", name


@cache
def golden_filled() -> tuple[Ground, dict[str, Field]]:
    ground = gathered_of(golden_folder()).ground
    return ground, fill(ground)


@given(st.data())
def test_a_missing_figure_never_yields_a_guessed_field(data: st.DataObject) -> None:
    base, before = golden_filled()
    report = copy.deepcopy(report_of(golden_folder()))
    missing = data.draw(st.sets(st.sampled_from(sorted(report["figures"])), min_size=1, max_size=8))
    for path in missing:
        del report["figures"][path]
    for name, field in fill(ground_of(report, base)).items():
        if field.state == "filled":
            assert not {one.path for one in field.evidence if one.kind == "figure"} & missing, name
            assert (field.value, field.at_most) == (before[name].value, before[name].at_most), name


def with_grades(grade: str) -> dict[str, Field]:
    """The golden case, its claims on bank details graded otherwise and nothing of them shown."""
    gathered = gathered_of(golden_folder())
    report = copy.deepcopy(report_of(golden_folder()))
    for claim in report["claims"]:
        claim["grade"] = grade
    return fill(ground_of(report, gathered.ground))


@pytest.mark.parametrize(
    ("grade", "value"), [("proven", "no"), ("not_observed", "not_observed"), ("unassessable", "not_observed")]
)
def test_a_kind_of_data_is_not_concerned_only_when_its_claim_is_proven(grade: str, value: str) -> None:
    fields = with_grades(grade)
    assert fields["3.4.types.payment"].value == value
    # Income has no claim of its own: bank details alone do not prove the whole box.
    assert fields["3.4.types.economic"].value == "not_observed"


def test_a_box_not_observed_says_how_many_persons_may_be_hidden() -> None:
    fields = filled_of(golden_folder())
    assert fields["3.4.types.national_id"].at_most == 20
    assert fields["3.4.types.genetic"].at_most == 31, "a document that was seen may hold any kind of data"
    assert filled_of(demo_folder())["3.4.types.national_id"].at_most == 0


def test_a_specialty_beside_a_name_is_health_data() -> None:
    fields = filled_of(demo_folder())
    assert fields["3.4.types.health"].value == "yes"
    assert fields["cnil.sensitive.health"].value == "yes"


def test_certainties_follow_the_contract() -> None:
    base = gathered_of(golden_folder()).ground
    expected = {
        "taken": "exfiltrated",
        "shown": "likely",
        "reconstructed": "likely",
        "reachable": "cannot_be_assessed",
        "unassessable": "cannot_be_assessed",
    }
    for certainty, value in expected.items():
        report = copy.deepcopy(report_of(golden_folder()))
        report["certainties"] = {certainty: 17}
        row = report["figures"]["counts.persons.best"]
        report["figures"][f"certainties.{certainty}"] = {**row, "value": 17}
        assert fill(ground_of(report, base))["3.2.confidentiality"].value == value


def test_minors_are_counted_from_their_dates_of_birth() -> None:
    fields = filled_of(golden_folder())
    assert fields["3.3.categories.minors"].value == "yes"
    assert fields["3.3.categories.minors"].persons
    [evidence] = fields["3.3.categories.minors"].evidence
    assert evidence.path == "declare.persons.minors"
    assert (evidence.query or "").startswith("minors ")


def test_every_category_of_ours_is_in_the_lists_of_both_authorities() -> None:
    assert list(category_lists()) == [category.value for category in Category]
    for row in category_lists().values():
        assert row["types"]
        assert row.get("cnil_data") or row.get("cnil_sensitive")
        for name in ("types", "cnil_data", "cnil_sensitive"):
            assert set(row.get(name, ())) <= set(lists()[name])


def test_every_input_names_a_list_a_fact_and_roles_that_exist() -> None:
    names = set(inputs())
    for row in asked():
        assert set(row.who) <= set(lists()["roles"])
        assert row.who, row.id
        assert row.list is None or row.list in lists()
        assert bool(row.fact) == bool(row.reads), row.id
        assert row.asked_if is None or row.asked_if.input in names, row.id
        if row.asked_if is not None:
            closed = list_of(inputs()[row.asked_if.input])
            assert closed is not None
            assert set(row.asked_if.among) <= set(closed)
