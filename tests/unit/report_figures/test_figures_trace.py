# SPDX-License-Identifier: Apache-2.0
"""From a figure to the records behind it, and everything on one person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.report_figures.made_scope import (
    SETTINGS,
    event,
    linked,
    report_of,
    set_aside,
    shown,
    unresolved,
)
from tocsin.core.errors import InputError
from tocsin.report.assemble import assemble
from tocsin.report.person import find_by_number, person
from tocsin.report.trace import trace
from tocsin.store.case import Case

EVENTS = [event(1), event(2), event(3, "web", account="dr.b"), event(4), event(5), event(6, account=None)]
OF = {"record_type": "appointment", "record": "A1"}

SCENE = {
    "events": EVENTS,
    "registry": [{"registry": "a", "person": f"p{at}"} for at in range(1, 6)],
    "disclosures": [
        shown(EVENTS[0], "p1", **OF),
        shown(EVENTS[1], "p2", certainty="reconstructed"),
        shown(EVENTS[2], "p3", "contact.phone", certainty="reachable"),
        shown(EVENTS[3], "p4", protection="encrypted", count_in=None),
        shown(EVENTS[5], "p9"),
    ],
    "unresolved": [unresolved(EVENTS[4], 2, "no_rule")],
    "uncovered": [{"event_id": EVENTS[4]["event_id"]}],
    "doubts": [set_aside(900, 1)],
    "set_aside": [
        {"source": "gateway", "file_number": 1, "line_number": at, "byte_offset": at * 100, "item": 0}
        | {"reason": reason}
        for at, reason in ((9, "broken"), (8, "no_time"))
    ],
    "claims": [{"claim": "no:x.y", "grade": "contradicted", "exception_events": [EVENTS[1]["event_id"]]}],
    "modifications": [
        {"event_id": EVENTS[0]["event_id"], "record_type": "x", "record": "r", "action": "update"}
        | {"count_in": "ceiling"}
    ],
}


def places(case: Case, figure: str, limit: int = 20) -> list[str]:
    return [f"{one.file}:{one.line_number}" for one in trace(case, figure, limit)]


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    with linked(folder, **SCENE):
        return folder


@pytest.mark.parametrize(
    ("figure", "lines"),
    [
        ("counts.persons.floor", ["gateway.log:1", "gateway.log:6"]),
        ("counts.persons.best", ["gateway.log:1", "gateway.log:2", "gateway.log:6"]),
        (
            "counts.persons.ceiling",
            [f"gateway.log:{at}" for at in (1, 2, 5, 6)] + ["web.log:3", "gateway.log:9"],
        ),
        ("counts.persons.ceiling_parts.set_aside", ["gateway.log:9"]),
        ("counts.persons.ceiling_parts.unresolved", ["gateway.log:5"]),
        ("counts.persons.ceiling_parts.gaps", []),
        ("categories.contact.phone.persons.best", []),
        ("categories.contact.phone.persons.ceiling", ["gateway.log:5", "web.log:3", "gateway.log:9"]),
        ("counts.records:appointment.floor", ["gateway.log:1"]),
        ("counts.records:appointment.ceiling", ["gateway.log:1", "gateway.log:5", "gateway.log:9"]),
        ("counts.accounts.floor", [f"gateway.log:{at}" for at in (1, 2, 4, 5)] + ["web.log:3"]),
        ("declared.persons.value", ["gateway.log:1", "gateway.log:2", "gateway.log:6"]),
        ("certainties.reachable", ["web.log:3"]),
        ("not_in_registry", ["gateway.log:6"]),
        ("unreadable.persons", ["gateway.log:4"]),
        ("test_identities", []),
        ("scope.unresolved", ["gateway.log:5"]),
        ("scope.uncovered.events", ["gateway.log:5"]),
        ("scope.set_aside", ["gateway.log:9"]),
        ("unresolved.0.events", ["gateway.log:5"]),
        ("unresolved.no_rule.bound", ["gateway.log:5"]),
        ("accounting.0.set_aside", ["gateway.log:8", "gateway.log:9"]),
        ("accounting.gateway.set_aside_reasons.broken", ["gateway.log:9"]),
        ("accounting.web.events", ["web.log:3"]),
        ("accounts.dr.b.persons", ["web.log:3"]),
        ("accounts.dr.a.persons", ["gateway.log:1", "gateway.log:2"]),
        ("accounts.0.events", [f"gateway.log:{at}" for at in (1, 2, 4, 5)]),
        ("claims.no:x.y.exceptions", ["gateway.log:2"]),
        ("claims.0.exceptions_count", ["gateway.log:2"]),
        ("modifications.records.floor", []),
        ("modifications.records.ceiling", ["gateway.log:1"]),
        ("timeline.0.persons", ["gateway.log:1", "gateway.log:2", "gateway.log:6", "web.log:3"]),
    ],
)
def test_trace_leads_to_the_lines_behind_a_figure(case_folder: Path, figure: str, lines: list[str]) -> None:
    with Case(case_folder, by="tests") as case:
        assert places(case, figure) == lines


def test_trace_gives_no_more_lines_than_asked_for(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case:
        assert places(case, "scope.events", 2) == ["gateway.log:1", "gateway.log:2"]


def test_trace_gives_the_byte_and_the_item_of_a_record(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case:
        [line] = trace(case, "scope.unresolved")
    assert (line.file_number, line.byte_offset, line.item) == (1, 500, 0)


@pytest.mark.parametrize(
    ("figure", "advice"),
    [
        ("counts.persons.flor", "counts.persons.floor"),
        ("categories.finance.bank.persons.best", "categories"),
        ("accounts.7.persons", "from 0 on"),
        ("zzz", "See `figures`"),
    ],
)
def test_trace_names_the_nearest_when_there_is_no_such_figure(
    case_folder: Path, figure: str, advice: str
) -> None:
    with Case(case_folder, by="tests") as case, pytest.raises(InputError) as refused:
        trace(case, figure)
    assert advice in refused.value.do


def test_trace_takes_every_figure_of_the_report(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case:
        report = assemble(case)
        (case_folder / "report").mkdir(exist_ok=True)
        (case_folder / "report" / "report.json").write_text(json.dumps(report), "utf-8")
        families = {path.split(".")[0]: path for path in report["figures"]}
        for figure in families.values():
            trace(case, figure, 1)


def test_person_tells_every_disclosure_with_its_line(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case:
        found = person(case, "a", "p1")
    [row] = found["disclosures"]
    assert found["absence"] is None
    assert (row["category"], row["certainty"], row["account"]) == ("identity.name", "shown", "dr.a")
    assert (row["file"], row["line_number"], row["verdict"]) == ("gateway.log", 1, "illegitimate")


def test_person_grades_an_absence_when_something_is_left_in_doubt(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case:
        found = person(case, "a", "p5")
        hidden = person(case, "a", "p4")["absence"]
    assert found["disclosures"] == []
    assert found["absence"]["grade"] == "unassessable"
    assert {"code": "set_aside", "values": {"count": 1}} in found["absence"]["basis"]
    assert "encrypted_only" in [one["code"] for one in hidden["basis"]]


def test_person_proves_an_absence_when_nothing_is_left_in_doubt(tmp_path: Path) -> None:
    people = [{"registry": "a", "person": "p1"}, {"registry": "a", "person": "p2"}]
    with linked(tmp_path, events=EVENTS[:1], registry=people, disclosures=[shown(EVENTS[0], "p1")]) as case:
        assert person(case, "a", "p2")["absence"] == {"grade": "proven", "basis": []}


def test_person_does_not_prove_an_absence_when_the_ground_is_weak(tmp_path: Path) -> None:
    weak = SETTINGS.replace('custody = "outside"', 'custody = "attacker-reachable"').replace(
        'paths = ["web.log"]', 'paths = ["web.log"]\ncustody = "attacker-reachable"'
    )
    people = [{"registry": "a", "person": "p1"}]
    with linked(tmp_path, base=weak.replace('signed_by = "CISO"', ""), registry=people) as case:
        absence = person(case, "a", "p1")["absence"]
    assert absence["grade"] == "not_observed"
    codes = [one["code"] for one in absence["basis"]]
    assert codes == ["rules_unsigned", "custody_weak", "nothing_in_scope"]


def test_person_does_not_prove_an_absence_when_one_of_two_logs_was_in_reach_or_lacks_something(
    tmp_path: Path,
) -> None:
    reach = SETTINGS.replace('paths = ["web.log"]', 'paths = ["web.log"]\ncustody = "attacker-reachable"')
    people = [{"registry": "a", "person": "p1"}, {"registry": "a", "person": "p2"}]
    given = {"registry": people, "events": EVENTS[:1], "disclosures": [shown(EVENTS[0], "p1")]}
    suspects = [{"suspect_id": 1, "account": "thief", "verdict": "illegitimate"}]
    cut = [{"source": "gateway", "test": "cut", "is_hole": False}]
    weak = {"a": ("custody_weak", reach, {}), "b": ("coverage_doubtful", SETTINGS, {"coverage": cut})}
    for name, (code, base, more) in weak.items():
        with linked(tmp_path / name, base=base, suspects=suspects, **given, **more) as case:
            absence = person(case, "a", "p2")["absence"]
        assert (absence["grade"], [one["code"] for one in absence["basis"]]) == ("not_observed", [code])


def test_person_is_refused_without_its_id_in_the_message(case_folder: Path) -> None:
    with Case(case_folder, by="tests") as case, pytest.raises(InputError) as refused:
        person(case, "a", "nobody-7")
    assert "nobody-7" not in str(refused.value)


def test_a_number_leads_to_those_who_bear_it(tmp_path: Path) -> None:
    number = "287071499400776"
    people = [
        {"registry": "a", "person": "1", "nir": number},
        {"registry": "a", "person": "2", "ins": f"{number}^^^X&1.2.250.1.213.1.4.8&ISO^INS"},
        {"registry": "a", "person": "3", "nir": "180029399102475"},
    ]
    with linked(tmp_path, registry=people) as case:
        assert find_by_number(case, "2 87 07 14 994 007") == [("a", "1"), ("a", "2")]
        assert find_by_number(case, number) == [("a", "1"), ("a", "2")]


def test_a_catalogue_that_nobody_signed_is_a_question(tmp_path: Path) -> None:
    for name, base in (("a", SETTINGS), ("b", SETTINGS.replace('signed_by = "CISO"', ""))):
        report = report_of(tmp_path / name, base=base, events=EVENTS[:1])
        asked = "catalogue_unsigned" in [one["code"] for one in report["open_questions"]]
        assert asked == (name == "b")
