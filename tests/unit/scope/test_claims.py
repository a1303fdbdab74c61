# SPDX-License-Identifier: Apache-2.0
"""What is said not to have happened, graded; and what was changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.scope.scenes import (
    HEAD,
    KNOWN,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    person,
    run_scene,
    values,
)
from tocsin.core.terms import Grade
from tocsin.scope.claims import grade_of

RULES = """
signed_by = "The publisher"
[[shows]]
action = "read"
object = "/card/{person}"
categories = ["identity.name"]
[[shows]]
action = "read"
object = "/booking/{record:appointment}"
categories = ["appointment.date"]
[[shows]]
action = "read"
object = "/note/{record:appointment}"
categories = ["health.reason"]
protection = "encrypted"
[[shows]]
action = "export"
object = "/export/{file}"
categories = ["contact.phone"]
[[shows]]
action = "update"
object = "/booking/{record:appointment}"
categories = []
"""
PEOPLE = [person("P1"), person("P2")]
BOOKINGS = [
    appointment("A1", "P1", origin="site"),
    appointment("A2", "P2", origin="partner"),
    appointment("A3", "P2"),
]
CARD = event(1, object="/card/P1")
SETTINGS = HEAD + REGISTRY + RECORDS + 'origin = "from"\n' + KNOWN


def grade(folder: Path, claim: str, *events: dict[str, object], **more: object) -> str:
    """The grade of the only claim asked for."""
    given = {"catalogue": RULES, "settings": SETTINGS, "registry": PEOPLE, "records": BOOKINGS, **more}
    given["settings"] = f"{given['settings']}\n[claims]\n{claim}\n"
    _, case = run_scene(folder, events=events, **given)
    [(found,)] = values(case, "claims", "grade")
    return str(found)


NO_NAME = 'none = ["identity.name"]'
NO_BANK = 'none = ["finance.bank"]'
FROM_SITE = 'none_from = { appointment = ["site"] }'
NO_CHANGE = 'no_change = ["appointment"]'
PROTECTED = 'protected = ["health.reason"]'


@pytest.mark.parametrize(
    ("claim", "events", "expected"),
    [
        (NO_NAME, [CARD], "contradicted"),
        (NO_BANK, [CARD], "proven"),
        (NO_BANK, [], "not_observed"),
        (NO_BANK, [CARD, event(2, object="/new", items=1)], "unassessable"),
        (NO_BANK, [CARD, event(2, object="/new", person="P1")], "unassessable"),
        (NO_BANK, [CARD, event(2, action="export", object="/export/x")], "proven"),
        ('none = ["contact.phone"]', [CARD, event(2, action="export", object="/export/x")], "unassessable"),
        (NO_NAME, [event(1, object="/card/P1", outcome="failure"), event(2, object="/booking/A1")], "proven"),
        (NO_NAME, [event(1, object="/card/P1", outcome="unknown")], "contradicted"),
        ('none = ["health.reason"]', [event(1, object="/note/A1")], "contradicted"),
        (PROTECTED, [event(1, object="/note/A1")], "proven"),
        (PROTECTED, [CARD, event(2, object="/new", items=1)], "unassessable"),
        ('protected = ["identity.name"]', [CARD], "contradicted"),
        (FROM_SITE, [event(1, object="/booking/A1")], "contradicted"),
        (FROM_SITE, [event(1, object="/booking/A2")], "proven"),
        (FROM_SITE, [event(1, object="/booking/A3")], "unassessable"),
        (FROM_SITE, [CARD, event(2, action="export", object="/export/x")], "unassessable"),
        (NO_CHANGE, [CARD], "proven"),
        (NO_CHANGE, [event(1, action="update", object="/booking/A1")], "contradicted"),
        (NO_CHANGE, [CARD, event(2, action="update", object="/booking/A1", outcome="failure")], "proven"),
        (
            NO_CHANGE,
            [CARD, event(2, action="update", object="/booking/A1", outcome="unknown")],
            "unassessable",
        ),
        (NO_CHANGE, [CARD, event(2, action="update", object="/batch")], "unassessable"),
        (NO_CHANGE, [CARD, event(2, action="delete", record_type="letter", record="L1")], "proven"),
        (NO_CHANGE, [CARD, event(2, object="/new", items=1)], "proven"),
        (NO_CHANGE, [CARD, event(2, action="admin", object="/new", items=1)], "unassessable"),
        ("no_other_source = true", [CARD], "proven"),
        (
            "no_other_source = true",
            [CARD, event(2, object="/card/P2"), event(3, object="/card/P1", source="web")],
            "contradicted",
        ),
        ("no_other_source = true", [CARD, event(2, object="/new", items=1)], "proven"),
        ("no_other_source = true", [CARD, event(2, object="/new", items=1, source="web")], "unassessable"),
    ],
)
def test_claim_gets_its_grade(
    tmp_path: Path, claim: str, events: list[dict[str, object]], expected: str
) -> None:
    assert grade(tmp_path, claim, *events) == expected


def test_legitimate_access_contradicts_nothing_and_a_doubtful_one_does(tmp_path: Path) -> None:
    doubtful = SETTINGS.replace(KNOWN, KNOWN + 'verdict = "doubtful"\n')
    assert grade(tmp_path / "a", NO_NAME, CARD, settings=doubtful) == "contradicted"
    owner = event(2, object="/card/P1", account="owner")
    assert grade(tmp_path / "b", NO_NAME, event(1, object="/booking/A1"), owner) == "proven"


def test_set_aside_record_or_gap_that_may_be_in_scope_leaves_a_claim_unassessable(tmp_path: Path) -> None:
    aside = {"source": "app", "file_number": 0, "byte_offset": 5, "item": 0}
    hole = {"source": "app", "kind": "sequence", "from_at": at(0), "until_at": at(9), "missing": 2}
    assert grade(tmp_path / "a", NO_BANK, CARD, set_aside=[aside]) == "unassessable"
    assert grade(tmp_path / "b", NO_BANK, CARD, gaps=[hole]) == "unassessable"
    assert grade(tmp_path / "c", NO_BANK, CARD, set_aside=[{**aside, "account": "other"}]) == "proven"


def test_rule_that_nobody_signed_proves_nothing(tmp_path: Path) -> None:
    unsigned = RULES.replace('signed_by = "The publisher"', "")
    assert grade(tmp_path / "a", NO_BANK, CARD, catalogue=unsigned) == "not_observed"
    one = unsigned.replace(
        'categories = ["identity.name"]', 'categories = ["identity.name"]\nsigned_by = "A. B."'
    )
    assert grade(tmp_path / "b", NO_BANK, CARD, catalogue=one) == "proven"


def test_log_that_the_attacker_could_reach_proves_nothing(tmp_path: Path) -> None:
    reachable = SETTINGS.replace('custody = "outside"', 'custody = "attacker-reachable"', 1)
    assert grade(tmp_path / "a", NO_BANK, CARD, settings=reachable) == "not_observed"
    # He may have taken out of the other log all that he did there.
    elsewhere = event(1, object="/card/P1", source="web")
    assert grade(tmp_path / "b", NO_BANK, elsewhere, settings=reachable) == "not_observed"
    held = reachable.replace('account = "thief"', 'account = "thief"\nsource = "web"')
    assert grade(tmp_path / "c", NO_BANK, elsewhere, settings=held) == "proven"


def test_claim_tells_its_exceptions_hypotheses_and_basis(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        catalogue=RULES,
        settings=SETTINGS + f"[claims]\n{NO_NAME}\n",
        events=[CARD, event(2, object="/card/P2"), event(3, object="/new", items=1)],
        registry=PEOPLE,
    )
    [(claim, hypotheses, basis, count, events)] = values(
        case, "claims", "claim", "hypotheses", "basis", "exceptions", "exception_events"
    )
    assert (claim, count, events) == ("no:identity.name", 2, [1, 2])
    said = {one["code"]: one["values"] for one in json.loads(str(hypotheses))}
    assert said["catalogue_true"]["signer"] == "The publisher"
    assert said["custody_kept"] == {"custody": {"app": "outside", "web": "outside"}}
    assert set(said) == {"catalogue_true", "custody_kept", "window_whole"}
    reasons = {one["code"]: one["values"] for one in json.loads(str(basis))}
    assert reasons["events_in_scope"] == {"events": 3}
    assert reasons["unresolved"] == {
        "count": 1,
        "from": "2024-06-11T12:03:00.000000Z",
        "until": "2024-06-11T12:03:00.000000Z",
    }


def test_every_claim_asked_for_has_one_row(tmp_path: Path) -> None:
    claims = """[claims]
none = ["finance.bank", "health.reason", "finance.bank"]
none_from = { appointment = ["site", "partner"] }
no_change = ["appointment"]
no_other_source = true
protected = ["health.reason"]
"""
    _, case = run_scene(tmp_path, catalogue=RULES, settings=SETTINGS + claims, events=[CARD], registry=PEOPLE)
    assert [claim for (claim,) in values(case, "claims", "claim")] == [
        "no:finance.bank",
        "no:health.reason",
        "no_change:appointment",
        "no_from:appointment:partner",
        "no_from:appointment:site",
        "no_other_source",
        "protected:health.reason",
    ]


@pytest.mark.parametrize(
    ("exceptions", "doubts", "weak", "expected"),
    [
        (1, 1, 1, Grade.CONTRADICTED),
        (0, 1, 1, Grade.UNASSESSABLE),
        (0, 0, 1, Grade.NOT_OBSERVED),
        (0, 0, 0, Grade.PROVEN),
    ],
)
def test_worst_news_decides_the_grade(exceptions: int, doubts: int, weak: int, expected: Grade) -> None:
    assert grade_of(exceptions, doubts, weak) is expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"object": "/booking/A1"}, [("appointment", "A1", "floor")]),
        ({"object": "/booking/A1", "outcome": "unknown"}, [("appointment", "A1", "ceiling")]),
        ({"object": "/booking/A1", "outcome": "failure"}, []),
        ({"object": "/x", "record_type": "letter", "record": "L1"}, [("letter", "L1", "floor")]),
        ({"object": "/x", "record": "L1", "object_type": "letters"}, [("letters", "L1", "floor")]),
        ({"object": "/x", "person": "P1"}, [("person", "P1", "floor")]),
        ({"object": "/x"}, []),
        ({"object": "/booking/A1", "action": "read"}, []),
    ],
)
def test_change_is_of_the_record_that_it_names(
    tmp_path: Path, columns: dict[str, object], expected: list[tuple[object, ...]]
) -> None:
    act = event(1, **{"action": "update", **columns})
    _, case = run_scene(
        tmp_path,
        catalogue=RULES,
        events=[act, event(2, object="/card/P1")],
        registry=PEOPLE,
        records=BOOKINGS,
    )
    assert values(case, "modifications", "record_type", "record", "count_in") == expected


def test_doubtful_change_counts_by_its_p(tmp_path: Path) -> None:
    decisions = [{"selectors": {"account": "thief"}, "verdict": "doubtful", "p": 0.7}]
    act = event(1, action="create", object="/x", record_type="letter", record="L1")
    _, case = run_scene(tmp_path, catalogue="", events=[act], decisions=decisions)
    assert values(case, "modifications", "action", "count_in") == [("create", "best")]
