# SPDX-License-Identifier: Apache-2.0
"""What a log says of its own gaps: silences, counters, sessions over nodes, other logs; and outages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.made_case import make_case, rows_of
from tocsin.scope.coverage.run import run

MONDAY = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = 14
SOURCE = """
[[sources]]
name = "{name}"
custody = "{custody}"
period = {{ from = 2025-09-01T00:00:00Z, until = 2025-09-15T00:00:00Z }}
chain_own = "$.own"
chain_before = "$.before"
"""

Row = dict[str, object]


def source(name: str = "app", custody: str = "outside") -> str:
    return SOURCE.format(name=name, custody=custody)


def busy(name: str = "app", accounts: int = 6) -> list[Row]:
    """Six accounts that act every twenty minutes from 8 to 18, day by day."""
    rows = []
    for minute in range(DAYS * 24 * 3):
        at = MONDAY + timedelta(minutes=20 * minute)
        if 8 <= at.hour < 18:
            for account in range(accounts):
                rows.append(act(at + timedelta(seconds=account), account=f"a{account}", source=name))
    return rows


def act(at: datetime, **columns: object) -> Row:
    return {"occurred_at": at, "source": "app", "action": "read", "outcome": "success", **columns}


def numbered(rows: Sequence[Row]) -> list[Row]:
    return [
        {"event_id": number, "file_number": 0, "byte_offset": number, **row}
        for number, row in enumerate(rows)
    ]


def found(folder: Path, rows: Sequence[Row], settings: str = "", **tables: Sequence[Row]) -> list[Row]:
    """The findings and, under `outage`, the outages."""
    with make_case(folder, settings=settings or source(), events=numbered(rows), **tables) as case:
        run(case)
        outages = [{"test": "outage", **row} for row in rows_of(case, "outages")]
        return [*rows_of(case, "coverage"), *outages]


def kinds_of(rows: Sequence[Row]) -> list[object]:
    return [row["test"] for row in rows]


def between(first: int, last: int) -> tuple[datetime, datetime]:
    """Hours of Wednesday of the second week."""
    day = MONDAY + timedelta(days=9)
    return day + timedelta(hours=first), day + timedelta(hours=last)


def without(rows: Sequence[Row], first: int, last: int) -> list[Row]:
    since, until = between(first, last)
    return [row for row in rows if not since <= row["occurred_at"] < until]  # type: ignore[operator]


def test_whole_log_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, busy()) == []


def test_silence_is_a_hole_when_nothing_counts_what_is_missing(tmp_path: Path) -> None:
    [finding, outage] = found(tmp_path, without(busy(), 10, 15))
    assert (finding["test"], finding["is_hole"], outage["test"]) == ("silence", True, "outage")
    assert "expected" in str(finding["en"])
    assert "attendait" in str(finding["fr"])


def test_end_of_the_working_day_is_no_silence_though_its_hour_was_busy(tmp_path: Path) -> None:
    until_half_past_four = [
        act(MONDAY + timedelta(days=day, hours=8, seconds=20 * turn), account=f"a{turn % 6}")
        for day in range(DAYS)
        for turn in range(1530)
    ]
    assert kinds_of(found(tmp_path, until_half_past_four)) == []


def test_silence_is_quiet_when_the_counter_runs_on(tmp_path: Path) -> None:
    runs = [sequence(0, 1, 100)]
    [finding, _outage] = found(tmp_path, without(busy(), 10, 15), sequences=runs)
    assert (finding["test"], finding["is_hole"]) == ("quiet", False)


def test_silence_is_a_hole_when_the_attacker_could_renumber(tmp_path: Path) -> None:
    rows = without(busy(), 10, 15)
    findings = found(tmp_path, rows, source(custody="attacker-reachable"), sequences=[sequence(0, 1, 100)])
    assert findings[0]["is_hole"]


def sequence(number: int, first: int, last: int, node: str | None = None) -> Row:
    return {
        "source": "app",
        "file_number": 0,
        "node": node,
        "byte_offset": number,
        "first_sequence": first,
        "last_sequence": last,
        "first_at": MONDAY + timedelta(hours=8),
        "last_at": MONDAY + timedelta(days=13),
    }


def test_silence_is_no_hole_when_another_log_shows_the_service_shut(tmp_path: Path) -> None:
    since, until = between(8, 16)
    gateway = [
        row | {"outcome": "failure", "status": "503"} if since <= row["occurred_at"] < until else row  # type: ignore[operator]
        for row in busy("gateway")
    ]
    findings = found(tmp_path, [*without(busy(), 8, 16), *gateway], source() + source("gateway"))
    assert [(row["source"], row["test"]) for row in findings if row["test"] != "outage"] == [("app", "shut")]
    assert {row["source"] for row in findings if row["test"] == "outage"} == {"app", "gateway"}
    assert not any(row.get("is_hole") for row in findings)


def test_outage_tells_who_could_not_work_and_how_long(tmp_path: Path) -> None:
    since, until = between(10, 15)
    [outage] = [row for row in found(tmp_path, without(busy(), 10, 15)) if row["test"] == "outage"]
    assert outage["from_at"] == since - timedelta(minutes=20) + timedelta(seconds=5)
    assert outage["until_at"] == until
    assert (outage["hours_lost"], outage["accounts"]) == (5, 6)


def test_sampling_is_told_apart_from_a_hole(tmp_path: Path) -> None:
    jumps = [
        {
            "source": "app",
            "kind": "sequence",
            "node": "n",
            "missing": 1,
            "from_at": MONDAY + timedelta(minutes=10 * jump),
            "until_at": MONDAY + timedelta(minutes=10 * jump + 5),
        }
        for jump in range(50)
    ]
    [finding] = found(tmp_path, busy(), gaps=jumps, sequences=[sequence(0, 1, 60, "n")])
    assert (finding["test"], finding["most_records"]) == ("sampling", 50)


def over_nodes(tampered: int) -> list[Row]:
    """Sessions of forty acts that fall on two nodes in turn; some have nothing on the first one."""
    rows = []
    for number in range(60):
        for step in range(40):
            node = "n0" if (step + number) % 2 == 0 else "n1"
            if number < tampered and node == "n0":
                continue
            at = MONDAY + timedelta(days=number % 2, hours=8 + number % 3, seconds=30 * step)
            rows.append(act(at, account=f"a{number}", session=f"s{number}", node=node))
    return rows


@pytest.mark.parametrize("tampered", [0, 2])
def test_session_without_a_record_on_a_node_is_found(tmp_path: Path, tampered: int) -> None:
    findings = [row for row in found(tmp_path, over_nodes(tampered)) if row["test"] == "balance"]
    assert [(row["node"], row["account"]) for row in findings] == [("n0", f"a{n}") for n in range(tampered)]


def test_balance_tells_nothing_when_sessions_stick_to_nodes(tmp_path: Path) -> None:
    rows = [row | {"node": f"n{int(str(row['account'])[1:]) % 2}"} for row in over_nodes(0)]
    assert "balance" not in kinds_of(found(tmp_path, rows))


def test_requests_that_another_log_tells_are_missing(tmp_path: Path) -> None:
    since, until = between(10, 12)
    told = [row | {"request": f"r{number}"} for number, row in enumerate(busy())]
    app = [row for row in told if not since <= row["occurred_at"] < until]  # type: ignore[operator]
    gateway = [row | {"source": "gateway"} for row in told]
    settings = source(custody="same-host") + source("gateway")
    findings = found(tmp_path, [*app, *gateway], settings)
    missing = [row for row in findings if row["test"] == "unmatched"]
    assert [(row["source"], row["most_records"], row["is_hole"]) for row in missing] == [
        ("app", 18, True)
    ] * 2
    assert "capture" not in kinds_of(findings)


def test_capture_recapture_is_a_diagnostic_and_no_hole(tmp_path: Path) -> None:
    told = [row | {"request": f"r{number}"} for number, row in enumerate(busy())]
    app = [row for number, row in enumerate(told) if number % 5]
    gateway = [row | {"source": "gateway"} for number, row in enumerate(told) if number % 4]
    findings = found(tmp_path, [*app, *gateway], source() + source("gateway"))
    [capture] = [row for row in findings if row["test"] == "capture"]
    figures = json.loads(str(capture["figures"]))
    assert abs(figures["estimate"] - len(told)) <= 0.01 * len(told)
    assert (capture["is_hole"], capture["most_records"]) == (False, None)


def test_torn_chain_is_a_hole(tmp_path: Path) -> None:
    links = [{"own": str(number), "before": str(number - 1)} for number in range(20)]
    rows = [
        act(MONDAY + timedelta(minutes=number), detail=json.dumps(link))
        for number, link in enumerate(links)
        if number not in {7, 8}
    ]
    [finding] = [row for row in found(tmp_path, rows) if row["test"] == "chain"]
    assert (finding["is_hole"], json.loads(str(finding["figures"]))) == (True, {"breaks": 1})
