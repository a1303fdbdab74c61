# SPDX-License-Identifier: Apache-2.0
"""One act told by several logs: joined where that is certain, counted once, never lower than it should be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.scope.scenes import CARD, at, event, person, persons, reasons, run_scene, values
from tocsin.store.case import Case

SOURCES = """
[[sources]]
name = "proxy"
kind = "gateway"
custody = "outside"
[[sources]]
name = "app"
kind = "application"
custody = "{app}"
[[sources]]
name = "db"
kind = "database"
custody = "same-host"
[catalogue]
path = "catalogue.toml"
[[registries]]
name = "patients"
paths = ["patients.csv"]
[registries.columns]
person = "id"
[[known]]
account = "thief"
"""
CARD_OF_APP = CARD.replace('action = "read"', 'action = "read"\nsource = "app"')
EVERYBODY = [person(f"P{n}") for n in range(1, 6)]
PROXY = 1 << 40
APP = 2 << 40
DB = 3 << 40


def proxy(number: int, request: str | None = "r1", **columns: object) -> dict[str, object]:
    """A line of the gateway: a path that no rule describes, nobody named."""
    return told(PROXY, "proxy", number, request, {"object": f"/api/card/P{number}", **columns})


def app(number: int, request: str | None = "r1", **columns: object) -> dict[str, object]:
    """A line of the application, whose path a rule describes."""
    return told(APP, "app", number, request, {"object": f"/card/P{number}", **columns})


def db(number: int, request: str | None = "r1", **columns: object) -> dict[str, object]:
    """A statement of the database: no rule, nobody named."""
    return told(DB, "db", number, request, {"object": "card", **columns})


def told(
    base: int, source: str, number: int, request: str | None, columns: dict[str, object]
) -> dict[str, object]:
    made = event(number, event_id=base + number, source=source, file_number=base >> 40, request=request)
    return {**made, **columns}


def scene(
    folder: Path,
    *events: dict[str, object],
    app_custody: str = "same-host",
    catalogue: str = CARD_OF_APP,
    **more: str,
) -> Case:
    settings = SOURCES.replace("{app}", app_custody) + more.get("settings", "")
    report, case = run_scene(
        folder, settings=settings, catalogue=catalogue, events=events, registry=EVERYBODY
    )
    assert report.events == report.disclosed + report.nothing_shown + report.unresolved
    return case


def acts(case: Case) -> dict[object, list[object]]:
    """The events of each act."""
    found: dict[object, list[object]] = {}
    for row in rows_of(case, "witnesses"):
        found.setdefault(row["act_id"], []).append(row["event_id"])
    return found


def test_one_request_told_by_three_logs_is_one_act_with_three_witnesses(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), app(1), db(1))
    assert acts(case) == {PROXY + 1: [PROXY + 1, APP + 1, DB + 1]}
    assert persons(case) == {APP + 1: {"P1"}}
    assert reasons(case, "nothing_shown") == {PROXY + 1: "witness", DB + 1: "witness"}
    assert rows_of(case, "unresolved") == rows_of(case, "uncovered") == []
    assert {(r["event_id"], r["settled_by"]) for r in rows_of(case, "witnesses")} == {
        (PROXY + 1, APP + 1),
        (APP + 1, None),
        (DB + 1, APP + 1),
    }


@pytest.mark.parametrize(
    ("other", "dispute"),
    [
        ({"outcome": "failure"}, ["outcome"]),
        ({"account": "owner"}, ["account", "verdict"]),
        ({"bytes": 10}, ["bytes"]),
        ({"object": "/card/P2"}, ["object"]),
    ],
)
def test_witness_that_contradicts_settles_nothing_when_one_says_more(
    tmp_path: Path, other: dict[str, object], dispute: list[str]
) -> None:
    case = scene(
        tmp_path,
        proxy(1, bytes=5_000_000),
        {**app(1), **other},
        settings='[[known]]\naccount = "owner"\nverdict = "doubtful"\np = 0.7\n',
    )
    assert reasons(case, "unresolved") == {PROXY + 1: "no_rule"}
    assert {tuple(r["disagrees"] or ()) for r in rows_of(case, "witnesses")} == {tuple(dispute)}  # type: ignore[arg-type]


def test_witness_within_the_attackers_reach_settles_nothing(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), app(1), app_custody="attacker-reachable")
    assert reasons(case, "unresolved") == {PROXY + 1: "no_rule"}
    assert len(acts(case)) == 1, "it is told as a witness all the same"


def test_witness_that_only_the_request_ties_to_the_act_settles_nothing(tmp_path: Path) -> None:
    case = scene(
        tmp_path, proxy(1, account=None, address="192.0.2.1"), app(1, object="/card/P1"), settings=ADDRESS
    )
    assert reasons(case, "unresolved") == {}, "the path agrees"
    case = scene(
        tmp_path / "b",
        proxy(1, account=None, address="192.0.2.1", object=None, bytes=3),
        app(1, object="/card/P1"),
        settings=ADDRESS,
    )
    assert reasons(case, "unresolved") == {PROXY + 1: "no_rule"}


ADDRESS = '[[known]]\naddress = "192.0.2.1"\n'


def test_witness_that_names_fewer_than_were_sent_settles_nothing(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1, items=2), app(1))
    assert values(case, "unresolved", "event_id", "bound") == [(PROXY + 1, 2)]


def test_witness_that_no_rule_covers_settles_nothing(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), app(1, object="/other", person="P1"), app(2, "r2"))
    assert reasons(case, "unresolved") == {PROXY + 1: "no_rule"}
    assert persons(case) == {APP + 1: {"P1"}, APP + 2: {"P2"}}


def test_witness_out_of_scope_settles_nothing_and_is_listed(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), app(1, account=None))
    assert reasons(case, "unresolved") == {PROXY + 1: "no_rule"}
    assert values(case, "witnesses", "source", "in_scope") == [("proxy", True), ("app", False)]


def test_witness_whose_rule_shows_nothing_settles(tmp_path: Path) -> None:
    rule = '[[shows]]\nsource = "app"\nobject = "/card/{person}"\ncategories = []\n'
    case = scene(tmp_path, proxy(1), app(1), catalogue=rule)
    assert reasons(case, "nothing_shown") == {PROXY + 1: "witness", APP + 1: "rule"}


def test_request_used_twice_joins_nothing_when_a_source_tells_two_acts(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), proxy(2), app(1), db(1))
    assert acts(case) == {}
    assert set(reasons(case, "unresolved").values()) == {"no_rule"}
    assert values(case, "unjoined", "reason", "source", "events") == [
        ("reused_request", "app", 1),
        ("reused_request", "db", 1),
        ("reused_request", "proxy", 2),
    ]


def test_application_may_tell_a_request_in_steps_when_the_gateway_tells_it_once(tmp_path: Path) -> None:
    steps = [app(1, object="/card/P1"), app(2, object="/card/P1")]
    case = scene(tmp_path, proxy(1), *steps, db(1), db(2, object="letter"))
    assert acts(case) == {PROXY + 1: [PROXY + 1, APP + 1, APP + 2, DB + 1, DB + 2]}
    assert reasons(case, "nothing_shown") == {PROXY + 1: "witness"}
    assert set(reasons(case, "unresolved")) == {DB + 1, DB + 2}, "nobody tells which step showed what"
    case = scene(tmp_path / "b", *steps, db(1))
    assert acts(case) == {}, "without a gateway nothing tells that it was one request"


def test_retry_is_the_same_act_and_is_told_once(tmp_path: Path) -> None:
    first, second = proxy(1, outcome="failure"), proxy(2, object="/api/card/P1", retry_of=PROXY + 1)
    case = scene(tmp_path, first, second, app(1))
    assert acts(case) == {PROXY + 1: [PROXY + 1, PROXY + 2, APP + 1]}
    assert reasons(case, "nothing_shown") == {PROXY + 1: "failure", PROXY + 2: "witness"}


def test_request_ids_of_two_days_are_two_acts(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), app(1, occurred_at=at(1) + timedelta(days=1, minutes=1)))
    assert acts(case) == {}
    assert values(case, "unjoined", "reason", "events") == [("far_apart", 1), ("far_apart", 1)]


def test_same_source_named_twice_is_no_second_witness(tmp_path: Path) -> None:
    case = scene(tmp_path, proxy(1), proxy(2, object="/api/card/P1", retry_of=PROXY + 1), app(2, "r2"))
    assert acts(case) == {}


def paths(count: int, **columns: object) -> list[dict[str, object]]:
    """Acts told by gateway and application without a request, the application 3.5 s behind."""
    shared: dict[str, object] = {"address": "192.0.2.1", **columns}
    return [
        told_one
        for n in range(1, count + 1)
        for told_one in (
            proxy(n, None, object=f"/card/P{n}", **shared),
            app(n, None, occurred_at=at(n) + timedelta(seconds=3.5), **shared),
        )
    ]


def test_acts_without_a_request_are_joined_by_address_time_and_path_once_clocks_are_known(
    tmp_path: Path,
) -> None:
    case = scene(tmp_path, *paths(5))
    assert acts(case) == {PROXY + n: [PROXY + n, APP + n] for n in range(1, 6)}
    assert values(case, "witnesses", "joined_by")[0] == ("address_time_path",)
    assert values(case, "skews", "source", "other", "way", "pairs", "median_us")[0] == (
        "app",
        "proxy",
        "path",
        5,
        -3_500_000,
    )
    assert set(reasons(case, "unresolved")) == {PROXY + n for n in range(1, 6)}, "time alone settles nothing"


def test_acts_without_a_request_are_not_joined_when_clocks_are_not_known(tmp_path: Path) -> None:
    case = scene(tmp_path, *paths(4))
    assert acts(case) == {}
    assert values(case, "unjoined", "reason", "events") == [("clocks_unknown", 4), ("clocks_unknown", 4)]


def test_acts_alike_at_the_same_time_are_not_joined(tmp_path: Path) -> None:
    again = [
        proxy(21, None, object="/card/P1", address="192.0.2.1", occurred_at=at(1.01)),
        app(21, None, object="/card/P1", address="192.0.2.1", occurred_at=at(1.1)),
    ]
    case = scene(tmp_path, *paths(7), *again)
    assert set(acts(case)) == {PROXY + n for n in range(2, 8)}
    assert values(case, "unjoined", "reason", "source", "events") == [
        ("ambiguous", "app", 2),
        ("ambiguous", "proxy", 2),
    ]


def test_skew_is_stated_and_events_near_a_bound_are_listed(tmp_path: Path) -> None:
    events = [
        line
        for n in range(1, 6)
        for line in (proxy(n, f"r{n}"), app(n, f"r{n}", occurred_at=at(n) + timedelta(seconds=90)))
    ]
    known = f'[[known]]\nclient = "x"\nuntil = {at(3).isoformat()}\n'
    for line in events:
        line["account"], line["client"] = None, "x"
    case = scene(tmp_path, *events, settings=known)
    assert (None, 5, -90_000_000) in values(case, "skews", "day", "pairs", "median_us")
    near = {r["event_id"]: r["in_scope"] for r in rows_of(case, "near_boundary")}
    assert near == {
        PROXY + 2: True,
        PROXY + 3: False,
        PROXY + 4: False,
        APP + 1: True,
        APP + 2: False,
        APP + 3: False,
    }


def test_unnamed_change_is_the_one_that_its_witness_names(tmp_path: Path) -> None:
    lines = [
        proxy(1, action="create", object="/card/P1/note"),
        app(1, action="update", record_type="note", record="N1", object="/card/P1"),
    ]
    rule = CARD_OF_APP.replace('"read"', '"update"')
    claims = '[claims]\nno_change = ["appointment"]\n'
    case = scene(tmp_path, *lines, catalogue=rule, settings=claims)
    assert set(values(case, "modifications", "event_id")) == {(APP + 1,)}
    assert "unnamed_change" in str(values(case, "claims", "basis")), "the paths contradict one another"
    lines[0]["object"] = "/api/card/P1"
    case = scene(tmp_path / "b", *lines, catalogue=rule, settings=claims)
    assert "unnamed_change" not in str(values(case, "claims", "basis"))


def test_event_of_an_hour_that_happened_twice_is_doubtful_when_one_reading_is_outside(tmp_path: Path) -> None:
    known = f'[[known]]\nclient = "x"\nfrom = {at(60).isoformat()}\nuntil = {at(180).isoformat()}\n'
    lines = [
        app(n, None, account=None, client="x", flags=["hour_twice"], occurred_at=at(minute))
        for n, minute in enumerate((59, 60, 119, 120, 179, 180, 239, 240), start=1)
    ]
    case = scene(tmp_path, *lines, settings=known)
    verdicts = {r["event_id"]: (r["verdict"], r["p"]) for r in rows_of(case, "judged")}
    doubtful, sure = ("doubtful", None), ("illegitimate", 1.0)
    assert verdicts == {
        APP + 2: doubtful,
        APP + 3: doubtful,
        APP + 4: sure,
        APP + 5: sure,
        APP + 6: doubtful,
        APP + 7: doubtful,
    }
    assert {(r["event_id"], r["count_in"]) for r in rows_of(case, "disclosures")} == {
        (APP + 2, "ceiling"),
        (APP + 3, "ceiling"),
        (APP + 4, "floor"),
        (APP + 5, "floor"),
        (APP + 6, "ceiling"),
        (APP + 7, "ceiling"),
    }
