# SPDX-License-Identifier: Apache-2.0
"""Campaigns, the split and the answers to "was this you?" in the report, each number with its figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, Rows
from tests.unit.report_figures.made_scope import event, linked, report_of
from tocsin.journal.answers import ANSWERED, ASKED, CUT
from tocsin.report.assemble import assemble
from tocsin.report.figures import Row
from tocsin.report.trace import trace
from tocsin.store.case import Case

EVENTS = [
    event(1, device="lair"),
    event(2, device="desk"),
    event(3, "web", account="dr.b", device="lair"),
    event(4, account="dr.b"),
]


def member(account: str, minutes: int) -> Row:
    at = NOON + timedelta(minutes=minutes)
    return {"campaign": 1, "kind": "account", "name": account, "accounts": 2, "outsiders": 0} | {
        "sessions": 1,
        "first_at": at,
        "last_at": at,
    }


def session(name: str, label: str, of: Row, **more: object) -> Row:
    at = of["occurred_at"]
    return {
        "account": of["account"],
        "session_id": name,
        "class": label,
        "lines": [of["event_id"]],
        "first_at": at,
        "last_at": at,
        "persons": 2,
        "reasons": "[]",
    } | more


TABLES: dict[str, Rows] = {
    "events": EVENTS,
    "campaigns": [
        member("dr.a", 1),
        member("dr.b", 3),
        member("dr.a", 1) | {"kind": "device", "name": "lair", "rarity": 0.9, "outsiders": 1},
    ],
    "split_sessions": [
        session("s1", "confirmed", EVENTS[0], hard_fact="answer"),
        session("s2", "possible", EVENTS[1]),
        session("s3", "likely", EVENTS[2]),
        session("s4", "excluded", EVENTS[3]),
    ],
    "session_people": [
        {"session_id": name, "person": person}
        for name, people in {"s1": "ab", "s2": "bc", "s3": "d", "s4": "e"}.items()
        for person in people
    ],
    "split_persons": [
        {"person": "a", "class": "confirmed", "session_id": "s1"},
        {"person": "b", "class": "confirmed", "session_id": "s1"},
        {"person": "c", "class": "possible", "session_id": "s2", "kept_off": "threshold"},
        {"person": "d", "class": "likely", "session_id": "s3"},
        {"person": "e", "class": "excluded", "session_id": "s4", "kept_off": "excluded"},
    ],
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """dr.a is known; dr.b waits. One session was asked about in vain, on another two answers differ."""
    with linked(tmp_path_factory.mktemp("thieves"), **TABLES) as opened:
        questions = [
            {"number": number, "account": account, "session_id": name}
            for number, account, name in ((1, "dr.a", "s2"), (2, "dr.b", "s3"))
        ]
        opened.journal.append(ASKED, {"questions": questions}, by="team")  # type: ignore[dict-item]
        for who, said in (("Dr B", "mine"), ("Nurse", "not_mine")):
            body = {"account": "dr.b", "session_id": "s3", "said": said, "sure": True, "channel": "paper"}
            opened.journal.append(ANSWERED, {**body, "answered_by": who}, by="team")
        opened.journal.append(CUT, {"threshold": 0.2, "why": "Board"}, by="DPO")
        yield opened


@pytest.fixture(scope="module")
def report(case: Case) -> Row:
    return assemble(case)


def test_campaign_stands_with_its_accounts_places_and_what_waits(report: Row) -> None:
    [campaign] = report["campaigns"]
    assert (campaign["accounts"], campaign["places"], campaign["undecided"]) == (2, 1, 1)
    assert [(one["account"], one["decided"]) for one in campaign["members"]] == [
        ("dr.a", True),
        ("dr.b", False),
    ]
    assert [(one["kind"], one["name"], one["outsiders"]) for one in campaign["joined_by"]] == [
        ("device", "lair", 1)
    ]


def test_split_stands_by_class_and_by_account(report: Row) -> None:
    split = report["split"]
    assert split["sessions"] == {"confirmed": 1, "likely": 1, "possible": 1, "excluded": 1}
    assert split["persons"] == {"confirmed": 2, "likely": 1, "possible": 1, "excluded": 1}
    assert [(row["account"], row["persons"], row["hard_facts"]) for row in split["accounts"]] == [
        ("dr.a", 3, 1),
        ("dr.b", 1, 0),
    ]
    assert (split["cut"]["threshold"], split["cut"]["persons"], split["cut"]["why"]) == (0.2, 1, "Board")
    assert (split["answers"]["sessions"], split["answers"]["contradicted"]) == (2, 1)


def test_account_says_among_its_reasons_whose_its_sessions_are(report: Row) -> None:
    [reason] = report["accounts"][0]["reasons"]
    assert reason == {
        "code": "split_sessions",
        "values": {"sessions": 2, "thief": 1, "possible": 1, "owner": 0},
    }


def test_each_number_names_its_own_query(report: Row) -> None:
    figures = report["figures"]
    named = {
        "campaigns.0.accounts": "campaigns_found",
        "split.persons.likely": "split_sums",
        "split.accounts.0.sessions.possible": "split_accounts",
        "split.answers.open": "answers_sums",
        "accounts.0.reasons.0.values.thief": "split_accounts",
    }
    assert {path: figures[path]["query"].split()[0].split(".")[-1] for path in named} == named


def test_what_needs_a_person_is_asked(report: Row) -> None:
    asked = {question["code"]: question["values"] for question in report["open_questions"]}
    assert asked["answers_contradict"] == {"account": "dr.b", "session": "s3", "answers": 2, "persons": 2}
    assert asked["answers_awaited"] == {"sessions": 1, "accounts": 1}
    assert asked["campaign_to_decide"] == {"campaign": 1, "accounts": 2, "undecided": 1}
    assert "sessions_doubtful" not in asked  # s2 has been asked about


def weighed(number: int, of: Row, name: str | None, p: float | None, origin: str = "known") -> Row:
    """A doubtful row of suspects: of one session, or of the rest of its account."""
    return {
        "suspect_id": number,
        "account": of["account"],
        "session_id": name,
        "verdict": "doubtful",
        "p": p,
        "origin": origin,
    }


def judged(*suspects: Row) -> dict[str, Rows]:
    """Each event falls under the suspect of its place."""
    rows = [
        {
            "event_id": event["event_id"],
            "suspect_id": one["suspect_id"],
            "verdict": one["verdict"],
            "p": one["p"],
        }
        for event, one in zip(EVENTS, suspects, strict=False)
    ]
    return {"suspects": list(suspects), "judged": rows}


def ask_of(report: Row) -> dict[str, Row]:
    codes = ("doubtful_to_decide", "nameless_to_decide", "sessions_to_decide", "sessions_doubtful")
    return {one["code"]: one["values"] for one in report["open_questions"] if one["code"] in codes}


def test_session_that_speaks_for_its_owner_asks_nothing(tmp_path: Path) -> None:
    rows = judged(*(weighed(at, EVENTS[at - 1], f"s{at}", 0.000965) for at in (1, 2, 3, 4)))
    owners = [{**row, "class": "excluded", "hard_fact": None} for row in TABLES["split_sessions"]]
    report = report_of(tmp_path, **(TABLES | rows | {"split_sessions": owners}))
    assert ask_of(report) == {}
    assert report["accounts"][0]["verdict"] == "doubtful"


def test_sessions_of_an_account_are_asked_about_as_sessions_and_what_is_left_of_it_as_accesses(
    tmp_path: Path,
) -> None:
    names: list[tuple[str | None, float | None]] = [("s1", 0.97), ("s2", 0.3), ("s3", 0.9), (None, None)]
    rows = judged(*(weighed(at, EVENTS[at - 1], *named) for at, named in enumerate(names, 1)))
    assert ask_of(report_of(tmp_path, **(TABLES | rows))) == {
        "sessions_to_decide": {"account": "dr.b", "sessions": 1, "p": 0.9, "events": 1},
        "doubtful_to_decide": {"account": "dr.b", "p": None, "events": 1},
        "sessions_doubtful": {"sessions": 1, "accounts": 1, "persons": 2},
    }


def test_session_that_nobody_can_tell_is_asked_about_until_a_person_has_decided_on_it(
    tmp_path: Path,
) -> None:
    at = EVENTS[0]["occurred_at"]
    decisions: dict[str, Row] = {
        "whole": {},
        "session": {"session_id": "session"},
        "session alone": {"session_id": "session alone", "account": None},
        "session as logged": {"session": "x-1"},
        "other session": {"session_id": "whole"},
        "one device": {"device": "desk"},
        "ended before": {"until_at": at},
        "left in doubt": {"verdict": "doubtful"},
    }
    base = weighed(1, EVENTS[0], None, 1.0, "decided") | {"verdict": "illegitimate"}
    made = [(name, EVENTS[0] | {"account": f"dr {name}"}, decided) for name, decided in decisions.items()]
    tables: dict[str, Rows] = {
        "split_sessions": [session(name, "possible", of) for name, of, _ in made],
        "session_people": [{"session_id": name, "person": name} for name, _, _ in made],
        "suspects": [
            base | {"suspect_id": place, "account": of["account"]} | decided
            for place, (_, of, decided) in enumerate(made, 1)
        ],
        "sessions": [
            {"session_id": "session as logged", "logged_session": "x-1", "account": "dr session as logged"}
            | {"source": "gateway", "first_at": at, "last_at": at}
        ],
    }
    asked = ask_of(report_of(tmp_path, **(TABLES | tables)))
    assert asked["sessions_doubtful"] == {"sessions": 4, "accounts": 4, "persons": 4}


@pytest.mark.parametrize(
    ("figure", "lines"),
    [
        ("campaigns.0.accounts", ["gateway.log:1", "web.log:3"]),
        ("campaigns.0.members.dr.b.sessions", ["web.log:3"]),
        ("split.sessions.possible", ["gateway.log:2"]),
        ("split.accounts.dr.a.sessions.confirmed", ["gateway.log:1"]),
        ("split.accounts.0.persons", ["gateway.log:1", "gateway.log:2"]),
        ("split.persons.likely", ["web.log:3"]),
    ],
)
def test_figure_of_thieves_leads_to_its_lines(case: Case, figure: str, lines: list[str]) -> None:
    assert [f"{one.file}:{one.line_number}" for one in trace(case, figure)] == lines
