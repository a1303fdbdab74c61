# SPDX-License-Identifier: Apache-2.0
"""The report as a whole: accounting, accounts, timeline, claims, questions; a query behind each number."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from tests.made_case import NOON, put
from tests.unit.report_figures.made_scope import event, linked, report_of, shown, unresolved
from tocsin.core.tables import TABLES
from tocsin.report.assemble import ORDER, assemble
from tocsin.report.figures import list_numbers, load_figure
from tocsin.report.reading import read_report
from tocsin.report.scope_parts import timeline_step

ONE, TWO, THREE = event(1), event(2), event(3, "web", account="dr.b")


def accounted(source: str, fate: str, reason: str, records: int) -> dict[str, object]:
    number = 1 if source == "gateway" else 2
    return {"source": source, "file_number": number, "fate": fate, "reason": reason, "records": records}


def test_accounting_adds_up_by_source(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO],
        accounting=[
            accounted("gateway", "event", "", 2),
            accounted("gateway", "set_aside", "broken", 1),
            accounted("gateway", "non_event", "blank", 3),
        ],
    )
    gateway, web = report["accounting"]
    assert gateway == {
        "source": "gateway",
        "files": 1,
        "duplicate_files": 0,
        "records": 6,
        "events": 2,
        "set_aside": 1,
        "non_events": 3,
        "first_at": "2024-06-11T12:01:00.000000Z",
        "last_at": "2024-06-11T12:02:00.000000Z",
        "reasons": {"blank": 3},
        "set_aside_reasons": {"broken": 1},
        "custody": "outside",
        "gaps": [],
    }
    assert (web["records"], web["first_at"], web["custody"]) == (0, None, "same-host")
    codes = [question["code"] for question in report["open_questions"]]
    assert "set_aside_above_limit" in codes


def test_a_sum_that_is_not_right_is_a_question(tmp_path: Path) -> None:
    report = report_of(tmp_path, events=[ONE, TWO], disclosures=[shown(ONE, "p1")])
    assert {"code": "sum_unproven", "values": {"what": "scope", "events": 2}} in report["open_questions"]
    assert {"code": "sum_unproven", "values": {"what": "gateway", "events": 0}} in report["open_questions"]


def test_scope_tells_where_each_event_went(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO, THREE],
        disclosures=[shown(ONE, "p1"), shown(ONE, "p2")],
        nothing_shown=[{"event_id": TWO["event_id"], "reason": "login"}],
        unresolved=[unresolved(THREE, 1, "no_rule")],
        uncovered=[{"event_id": THREE["event_id"]}],
    )
    assert report["scope"] == {
        "events": 3,
        "acts": 3,
        "disclosed": 1,
        "nothing_shown": 1,
        "unresolved": 1,
        "set_aside": 0,
        "uncovered": {"events": 1, "share": 1 / 3},
    }
    assert report["nothing_shown"] == {"login": 1}
    assert report["period"] == {"from": "2024-06-11T12:01:00.000000Z", "until": "2024-06-11T12:03:00.000001Z"}


def test_the_timeline_counts_persons_when_they_are_new(tmp_path: Path) -> None:
    late = event(4, occurred_at=NOON + timedelta(hours=2))
    report = report_of(
        tmp_path,
        events=[ONE, TWO, late],
        disclosures=[shown(ONE, "p1"), shown(TWO, "p1"), shown(late, "p1"), shown(late, "p2")],
    )
    assert report["timeline"] == [
        {"at": "2024-06-11T12:00:00.000000Z", "events": 2, "persons": 1, "new_persons": 1},
        {"at": "2024-06-11T14:00:00.000000Z", "events": 1, "persons": 2, "new_persons": 1},
    ]


def test_the_timeline_goes_by_days_of_the_zone_when_it_is_long(tmp_path: Path) -> None:
    late = event(4, occurred_at=NOON + timedelta(days=9, hours=11))
    report = report_of(tmp_path, events=[ONE, late])
    days = [row["at"] for row in report["timeline"]]
    assert days == ["2024-06-10T22:00:00.000000Z", "2024-06-20T22:00:00.000000Z"]


def test_the_step_of_the_timeline_follows_its_length() -> None:
    first = "2024-06-11T12:00:00Z"
    steps = [timeline_step(first, until) for until in ("2024-06-12T12:00:00Z", "2025-01-01T00:00:00Z")]
    assert [*steps, timeline_step(first, "2026-01-01T00:00:00Z"), timeline_step(None, None)] == [
        "hour",
        "day",
        "month",
        "hour",
    ]


def test_accounts_are_told_with_verdict_sessions_and_persons(tmp_path: Path) -> None:
    events = [ONE, event(2, session="s1"), THREE, event(9, account=None, address="192.0.2.1")]
    session = {"source": "gateway", "account": "dr.a", "first_at": NOON, "last_at": NOON + timedelta(hours=1)}
    finding = {"detector": "all", "reasons": '[{"code": "slow", "values": {"days": 9}}]', "p": 0.7}
    report = report_of(
        tmp_path,
        events=events,
        judged=[
            {"event_id": events[0]["event_id"], "suspect_id": 1, "verdict": "illegitimate", "p": 1.0},
            {"event_id": events[1]["event_id"], "suspect_id": 1, "verdict": "illegitimate", "p": 1.0},
            {"event_id": events[2]["event_id"], "suspect_id": 2, "verdict": "doubtful", "p": 0.7},
            {"event_id": events[3]["event_id"], "suspect_id": 1, "verdict": "illegitimate", "p": 1.0},
        ],
        suspects=[
            {"suspect_id": 1, "verdict": "illegitimate", "origin": "known"},
            {"suspect_id": 2, "verdict": "doubtful", "origin": "proposed", "account": "dr.b"},
            {"suspect_id": 3, "verdict": "legitimate", "origin": "decided", "account": "dr.c"},
        ],
        findings=[
            finding | {"account": name, "rank": rank} for rank, name in enumerate(["dr.b", "dr.c", "dr.d"], 1)
        ],
        sessions=[
            session | {"session_id": "x"},
            session | {"session_id": "y", "logged_session": "s1"},
            session | {"session_id": "z", "logged_session": "s9"},
        ],
        disclosures=[shown(events[0], "p1"), shown(events[1], "p1"), shown(events[2], "p2")],
    )
    told = [
        (
            row["account"],
            row["verdict"],
            row["origin"],
            row["rank"],
            row["p"],
            row["sessions"],
            row["persons"],
        )
        for row in report["accounts"]
    ]
    assert told == [
        ("dr.a", "illegitimate", "known", None, 1.0, 2, 1),
        ("dr.b", "doubtful", "proposed", 1, 0.7, 0, 1),
        ("dr.c", "legitimate", "decided", 2, 0.7, 0, None),
        ("dr.d", None, None, 3, 0.7, 0, None),
    ]
    assert report["accounts"][1]["reasons"] == [{"code": "slow", "values": {"days": 9}}]
    assert report["accounts_total"] == 4
    asked = {"account": "dr.b", "p": 0.7, "events": 1}
    assert {"code": "doubtful_to_decide", "values": asked} in report["open_questions"]


def test_verdicts_that_are_opposed_are_a_question(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        suspects=[
            {"suspect_id": 1, "verdict": "illegitimate", "origin": "decided", "account": "dr.a"},
            {"suspect_id": 2, "verdict": "legitimate", "origin": "decided", "address": "192.0.2.1"},
        ],
        disputes=[{"suspect_id": 1, "other_id": 2, "events": 1}],
    )
    [question] = [one for one in report["open_questions"] if one["code"] == "verdicts_opposed"]
    assert (question["values"]["account"], question["values"]["other_verdict"]) == ("dr.a", "legitimate")


def test_claims_carry_their_basis_and_name_their_exceptions(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        claims=[
            {
                "claim": "no:contact.phone",
                "grade": "contradicted",
                "hypotheses": '[{"code": "window_whole", "values": {}}]',
                "basis": '[{"code": "events_in_scope", "values": {"events": 1}}]',
                "exceptions": 3,
                "exception_events": [ONE["event_id"]],
            }
        ],
    )
    assert report["claims"] == [
        {
            "id": "no:contact.phone",
            "grade": "contradicted",
            "hypotheses": [{"code": "window_whole", "values": {}}],
            "basis": [{"code": "events_in_scope", "values": {"events": 1}}],
            "exceptions": ["gateway:1"],
            "exceptions_count": 3,
            "derivation": [],
        }
    ]


def test_questions_tell_of_a_catalogue_that_nobody_signed_and_of_conflicts(tmp_path: Path) -> None:
    number = "287071499400776"
    report = report_of(
        tmp_path,
        settings="",
        catalogue='[[shows]]\nsource = "gateway"\ncategories = []\n',
        registry=[
            {"registry": "a", "person": "1", "ins": number, "birth_date": NOON.date()},
            {"registry": "a", "person": "2", "ins": number, "birth_date": NOON.date() + timedelta(days=1)},
        ],
    )
    conflict = {"kind": "ins_contradictory", "sets": 1, "local_ids": 2}
    assert {"code": "link_conflicts", "values": conflict} in report["open_questions"]
    assert report["conflicts"] == [conflict]


def test_every_number_has_the_query_that_gave_it(tmp_path: Path) -> None:
    with linked(tmp_path, events=[ONE, TWO], disclosures=[shown(ONE, "p1")]) as case:
        report = assemble(case)
    figures = report["figures"]
    parts = {key: value for key, value in report.items() if key not in ("figures", "run")}
    numbers = dict(pair for key, value in parts.items() for pair in list_numbers(key, value))
    assert numbers == {path: entry["value"] for path, entry in figures.items()}
    for entry in figures.values():
        name, digest = entry["query"].split()
        assert load_figure(name).sha256 == digest
    assert {entry["inputs"] for entry in figures.values()} == {figures["scope.events"]["inputs"]}


def test_the_report_is_the_same_when_it_is_made_again(tmp_path: Path) -> None:
    with linked(
        tmp_path, events=[ONE, TWO, THREE], disclosures=[shown(ONE, "p1"), shown(THREE, "p2")]
    ) as case:
        first = json.dumps(assemble(case))
        assert json.dumps(assemble(case)) == first
        assert json.loads(first)["run"]["generation"] == case.generation.number


def test_the_report_of_an_empty_case_is_whole(tmp_path: Path) -> None:
    report = report_of(tmp_path)
    assert tuple(report) == ORDER
    assert report["counts"]["persons"]["ceiling"] == 0
    assert report["period"] == {"from": None, "until": None}
    assert read_report(report).case == "made"


def test_the_inputs_of_figures_change_when_a_table_does(tmp_path: Path) -> None:
    with linked(tmp_path, events=[ONE]) as case:
        before = assemble(case)["figures"]["scope.events"]["inputs"]
        put(case, uncovered=[{"event_id": ONE["event_id"]}])
        assert assemble(case)["figures"]["scope.events"]["inputs"] != before
        assert set(case.generation.tables) <= set(TABLES)
