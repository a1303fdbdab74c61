# SPDX-License-Identifier: Apache-2.0
"""Declarations and severity on R1 to R4: facts alone fill most of it, and each has its evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.declare.cases import NOW, copied, filled_of, gathered_of
from tests.unit.declare.resolving import resolves
from tests.unit.replays.demos import DEMOS, demo_of
from tocsin.declare.fill import Field, fill
from tocsin.declare.gather import gather
from tocsin.declare.inputs import inputs, list_of
from tocsin.declare.own_figures import KEPT
from tocsin.declare.severity.of_case import severity_of
from tocsin.replays.r3.replay import LINES_TOLD, PLAIN
from tocsin.store.case import Case

LEAST = 60
RUN = pytest.mark.parametrize(("name", "variant"), DEMOS)
pytestmark = pytest.mark.slow


def fields_of(name: str, variant: str = "") -> dict[str, Field]:
    return filled_of(demo_of(name, variant).case)


@RUN
def test_facts_alone_fill_at_least_sixty_inputs_of_the_edpb(name: str, variant: str) -> None:
    filled = [
        field
        for field in fields_of(name, variant).values()
        if field.state == "filled" and field.origin == "facts" and inputs()[field.id].is_edpb
    ]
    # Where nobody counts for sure though many may, four boxes of numbers stay open rather than say nought.
    still_open = 4 if demo_of(name, variant).truth["persons"]["best"] == 0 else 0
    assert len(filled) >= LEAST - still_open
    assert sum(field.value != "not_observed" for field in filled) >= 38 - still_open


@RUN
def test_each_fact_has_evidence_that_resolves_and_that_its_model_allows(name: str, variant: str) -> None:
    gathered = gathered_of(demo_of(name, variant).case)
    for field in fill(gathered.ground).values():
        if field.state != "filled" or field.origin != "facts":
            continue
        assert field.evidence, field.id
        assert [one.address for one in field.evidence if not resolves(one, gathered.ground)] == [], field.id
        reads = inputs()[field.id].reads
        for one in field.evidence:
            assert any(one.address.startswith(read) or one.kind == read for read in reads) or (
                one.kind == "claim" and any(read.startswith("claim:") for read in reads)
            ), (field.id, one.address)
        closed = list_of(inputs()[field.id])
        assert closed is None or field.value in closed, field.id


@pytest.mark.parametrize(
    ("name", "variant", "score", "level", "proposed"),
    [
        ("R1", "", 5.0, "very_high", "high_risk"),  # a visual correction beside a national number
        ("R2", "", 2.0, "medium", "risk"),  # identity and contacts
        ("R3", "", 5.0, "very_high", "high_risk"),  # test results
        ("R3", PLAIN, 5.0, "very_high", "high_risk"),  # the same, in files that nobody has read
        ("R3", LINES_TOLD, 5.0, "very_high", "high_risk"),
        ("R4", "", 3.0, "high", "high_risk"),  # to be in such a base; a national number for some
    ],
)
def test_severity_is_the_one_worked_out_by_hand(
    name: str, variant: str, score: float, level: str, proposed: str
) -> None:
    with Case(demo_of(name, variant).case, by="tests", read_only=True) as case:
        found = severity_of(case)
    assert (found.score, found.level, found.proposed) == (score, level, proposed)


@RUN
def test_the_numbers_declared_are_those_of_the_truth(name: str, variant: str) -> None:
    fields, truth = fields_of(name, variant), demo_of(name, variant).truth
    best = truth["persons"]["best"]
    if best == 0:
        assert fields["3.3.number"].state == "tbd"  # nobody for sure is no nought where a ceiling stands
        return
    # Where sessions are weighed, the truth is within bounds.
    least, most = best if isinstance(best, list) else (best, best)
    assert least <= fields["3.3.number"].value <= most


def test_records_are_the_files_held_where_no_other_kind_is_counted() -> None:
    fields, truth = fields_of("R1"), demo_of("R1").truth
    assert fields["3.4.certainty"].value == "approximate"
    assert fields["3.4.number"].value >= truth["persons"]["best"]


def test_files_that_left_unread_are_a_breach_of_which_nobody_counts_the_persons() -> None:
    fields = fields_of("R3", PLAIN)
    assert fields["3.2.nature.confidentiality"].value == "yes"
    assert fields["3.2.confidentiality"].value == "exfiltrated"
    assert fields["3.2.incident.exfiltration"].value == "yes"
    assert fields["3.4.types.health"].value == "yes"
    assert fields["3.4.types.national_id"].value == "yes"
    assert fields["3.4.types.payment"].value == "not_observed"
    assert fields["3.3.certainty"].value == fields["3.4.certainty"].value == "cannot_be_determined"
    assert fields["3.4.number"].state == "tbd"
    assert fields["cnil.established"].value == "established"
    [evidence] = [one for one in fields["3.4.types.health"].evidence if "unread.health" in one.path]
    assert (evidence.query or "").startswith("unread_files ")


@pytest.mark.parametrize("variant", [PLAIN, LINES_TOLD])
def test_nought_is_never_declared_where_the_ceiling_is_not_nought(variant: str) -> None:
    fields = fields_of("R3", variant)
    assert fields["3.3.number"].state == fields["3.4.number"].state == fields["cnil.range"].state == "tbd"
    known = {fields["3.3.certainty"].value, fields["3.4.certainty"].value}
    assert known == ({None} if variant == LINES_TOLD else {"cannot_be_determined"})


def test_phones_were_seen_of_fewer_persons_than_names() -> None:
    fields = fields_of("R1")
    assert fields["3.4.types.contact"].value == "yes"
    assert 0 < (fields["3.4.types.contact"].persons or 0) < (fields["3.4.types.basic"].persons or 0)


def test_own_figures_are_counted_again_only_when_the_tables_changed(tmp_path: Path) -> None:
    with copied(demo_of("R4").case, tmp_path) as case:
        first = gather(case, NOW).ground.figures
        kept = case.folder / KEPT
        before = kept.read_bytes()
        assert gather(case, NOW).ground.figures == first
        assert kept.read_bytes() == before
        kept.write_text(
            '{"declare.persons.minors": {"value": 99, "query": "minors 0", "inputs": "x"}}', "utf-8"
        )
        assert gather(case, NOW).ground.figures == first
