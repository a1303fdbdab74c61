# SPDX-License-Identifier: Apache-2.0
"""The scores of the known incidents, worked out by hand from ENISA's tables, and the laws of the sum."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import MachineError
from tocsin.core.terms import Category
from tocsin.declare.severity.choices import Choice, Decisions
from tocsin.declare.severity.proposal import Facts, facts_of
from tocsin.declare.severity.score import Severity, weigh
from tocsin.declare.severity.tables import Both, load_tables, read_tables
from tocsin.report.reading import read_report

TABLES = load_tables()
AT = datetime(2026, 11, 20, tzinfo=UTC)


def facts(*shown: str, possible: tuple[str, ...] = (), persons: int = 5000) -> Facts:
    """Data of many persons shown to somebody who had usurped an account."""
    return Facts(frozenset(shown), frozenset(possible), persons=persons, illegitimate=True, has_report=True)


def severity(found: Facts, **choices: str) -> Severity:
    """With these choices of a person."""
    held = {axis: Choice(option, "because", "DPO", AT) for axis, option in choices.items()}
    return weigh(TABLES, found, Decisions(held))


IDENTITY = ("identity.name", "identity.age", "contact.phone", "contact.email")
NIR = ("identity.name", "identity.birth_date", "id.nir")


@pytest.mark.parametrize(
    ("shown", "choices", "score", "level", "proposed"),
    [
        (IDENTITY, {}, 2.0, "medium", "risk"),  # three regional operators, 2025
        ((*IDENTITY, "id.nir"), {}, 3.0, "high", "high_risk"),
        ((*IDENTITY, "health.membership"), {}, 3.0, "high", "high_risk"),
        ((*NIR, "insurance.insurer", "insurance.rights"), {}, 3.0, "high", "high_risk"),  # payers, 2024
        (  # appointments, 2020
            ("identity.name", "identity.sex", "contact.phone", "contact.email", "health.specialty"),
            {},
            4.0,
            "very_high",
            "high_risk",
        ),
        (
            ("identity.name", "contact.email", "appointment.date", "professional.specialty"),
            {},
            4.0,
            "very_high",
            "high_risk",
        ),
        (  # a care network, 2025
            (*NIR, "reimbursement.optical", "health.visual_correction", "contact.phone"),
            {},
            5.0,
            "very_high",
            "high_risk",
        ),
        (
            (*NIR, "reimbursement.optical", "health.visual_correction", "contact.phone"),
            {"says": "less"},
            4.0,
            "very_high",
            "high_risk",
        ),
        ((*NIR, "contact.address", "health.result"), {}, 5.0, "very_high", "high_risk"),  # a hospital, 2021
    ],
)
def test_known_incidents_have_the_score_worked_out_by_hand(
    shown: tuple[str, ...], choices: dict[str, str], score: float, level: str, proposed: str
) -> None:
    found = severity(facts(*shown), **choices)
    assert (found.score, found.level, found.proposed) == (score, level, proposed)


@pytest.mark.parametrize(("says", "dpc"), [("hardly", 1), ("much_less", 2), ("less", 3), ("as_class", 4)])
def test_the_ladder_of_health_data_goes_from_one_to_four(says: str, dpc: int) -> None:
    found = severity(facts("identity.name", "health.result"), says=says)
    assert found.marks is not None
    assert found.marks.dpc == dpc


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0.25, "low"),
        (1.75, "low"),
        (2, "medium"),
        (2.75, "medium"),
        (3, "high"),
        (3.75, "high"),
        (4, "very_high"),
    ],
)
def test_each_level_begins_at_its_own_bound(score: float, level: str) -> None:
    assert TABLES.level_of(score).id == level


def test_circumstances_add_up_and_intent_weighs_a_half() -> None:
    least = {"confidentiality": "no_evidence", "integrity": "none", "availability": "none", "intent": "none"}
    most = {
        "confidentiality": "unknown_recipients", "integrity": "lost", "availability": "total",
        "intent": "malicious",
    }  # fmt: skip
    shown = facts("identity.name", "contact.email")
    assert severity(shown, **least).score == 1.0
    assert severity(shown, **most).score == 3.0


def test_the_context_never_takes_the_class_out_of_its_bounds() -> None:
    above = severity(facts("identity.name", "health.result"), vulnerable="mostly", volume="large")
    below = severity(facts("identity.name"), age="old", public="public")
    assert above.marks is not None
    assert below.marks is not None
    assert (above.marks.dpc, above.marks.excess) == (4, 4)
    assert "aggravating" in above.flags
    assert (below.marks.dpc, "aggravating" in below.flags) == (1, False)


def test_a_national_number_is_never_held_hard_to_identify() -> None:
    found = severity(facts("id.nir"), identification="negligible")
    assert found.marks is not None
    assert found.marks.ei == 0.75
    assert "national_number" in found.flags


def test_encrypted_data_identify_nobody_and_are_told_beside_the_sum() -> None:
    found = weigh(
        TABLES,
        Facts(possible=frozenset({"id.nir"}), persons=0, unreadable=True, has_report=True),
        Decisions(),
    )
    assert found.marks is not None
    assert found.marks.ei == 0.25
    assert "unintelligible" in found.flags


def test_there_is_no_score_when_nothing_is_known() -> None:
    found = weigh(TABLES, Facts(), Decisions())
    assert (found.score, found.level, found.proposed, found.notify_authority) == (None, None, None, None)
    assert found.sensitivity == ()


def test_two_choices_give_a_score_when_there_is_no_report_yet() -> None:
    found = severity(Facts(), data="sensitive", identification="maximum")
    assert found.score == 5.0  # circumstances as they are feared


def test_a_class_that_a_person_chose_is_not_moved_by_the_one_proposed() -> None:
    found = severity(facts("identity.name", "contact.email", "health.specialty"), data="financial")
    assert found.score == 4.0


def test_what_may_have_been_shown_is_a_row_of_the_sensitivity() -> None:
    found = severity(facts(*IDENTITY, possible=("undetermined",)))
    (row,) = [one for one in found.sensitivity if one.axis == "possible"]
    assert (found.score, row.score, row.level) == (2.0, 5.0, "very_high")


def test_more_than_a_hundred_persons_is_told_beside_the_sum() -> None:
    assert "more_than_100" in severity(facts("identity.name", persons=101)).flags
    assert "more_than_100" not in severity(facts("identity.name", persons=100)).flags


AXES = st.fixed_dictionaries(
    {}, optional={axis.id: st.sampled_from([one.id for one in axis.options]) for axis in TABLES.axes}
)
SHOWN = st.sets(st.sampled_from([str(one) for one in Category]), min_size=1)


@given(SHOWN, AXES)
def test_the_score_stays_within_the_method_whatever_is_chosen(
    shown: set[str], choices: dict[str, str]
) -> None:
    found = severity(facts(*shown), **choices)
    assert found.score is not None
    assert 0.25 <= found.score <= 6
    assert found.score * 4 == int(found.score * 4)
    assert found.level == TABLES.level_of(found.score).id


@given(SHOWN, AXES)
def test_each_variant_is_what_choosing_it_gives(shown: set[str], choices: dict[str, str]) -> None:
    made = facts(*shown)
    for one in severity(made, **choices).sensitivity:
        assert severity(made, **{**choices, one.axis: one.option}).score == one.score


@given(SHOWN, SHOWN)
def test_more_data_never_lowers_the_severity(shown: set[str], more: set[str]) -> None:
    less, all_of_it = severity(facts(*shown)).score, severity(facts(*shown, *more)).score
    assert less is not None
    assert all_of_it is not None
    assert less <= all_of_it


def test_facts_come_from_the_report_as_best_known() -> None:
    report = read_report(
        {
            "counts": {"persons": {"floor": 1, "best": 120, "ceiling": 300}},
            "categories": {
                "identity.name": {"persons": {"best": 120, "ceiling": 300}, "protection": ["clear"]},
                "health.reason": {"persons": {"best": 0, "ceiling": None}, "protection": []},
                "finance.bank": {"persons": {"best": 0, "ceiling": 0}, "protection": []},
            },
            "modifications": {"records": {"floor": 0, "best": 1, "ceiling": 1}},
            "accounts": [{"account": "a", "verdict": "illegitimate"}],
        }
    )
    found = facts_of(report)
    assert found.shown == {"identity.name"}
    assert found.possible == {"health.reason"}
    assert (found.persons, found.changed, found.illegitimate) == (120, True, True)


def test_the_tables_know_every_category_and_speak_proper_french() -> None:
    rows = (*TABLES.axes, *(o for axis in TABLES.axes for o in axis.options), *TABLES.categories)
    rows += (*TABLES.identification, *TABLES.levels, *TABLES.outcomes)
    texts = [
        text.fr
        for row in rows
        for name in row.__struct_fields__
        if isinstance(text := getattr(row, name), Both)
    ]
    assert len(texts) > 60
    assert [text for text in texts if re.search(r" [;!?:»]|« |'|\.\.\.", text)] == []


def test_tables_that_forget_a_category_are_refused() -> None:
    text = b'version="1"\naxes=[]\ncategories=[]\nidentification=[]\nlevels=[]\noutcomes=[]'
    with pytest.raises(MachineError, match="categories"):
        read_tables(text)
