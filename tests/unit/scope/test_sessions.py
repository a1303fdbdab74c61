# SPDX-License-Identifier: Apache-2.0
"""Sessions: logged ones, those cut by silence, and suspects that name one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.unit.scope.scenes import HEAD, KNOWN, at, event, run_scene, values


def sessions(folder: Path, *events: dict[str, object]) -> list[tuple[object, ...]]:
    _, case = run_scene(folder, settings=HEAD + KNOWN, catalogue="", events=events)
    return values(case, "sessions", "logged_session", "first_at", "last_at", "events")


def test_silence_of_more_than_thirty_minutes_ends_a_session(tmp_path: Path) -> None:
    events = [event(0), event(30), event(61, occurred_at=at(60.0001))]
    assert sessions(tmp_path, *events) == [(None, at(0), at(30), 2), (None, at(60.0001), at(60.0001), 1)]


def test_logged_session_lasts_as_long_as_it_is_logged(tmp_path: Path) -> None:
    events = [event(0, session="s"), event(500, session="s", address="192.0.2.1"), event(501, session="t")]
    assert sessions(tmp_path, *events) == [("s", at(0), at(500), 2), ("t", at(501), at(501), 1)]


def test_another_device_address_or_client_is_another_session(tmp_path: Path) -> None:
    events = [
        event(0),
        event(1, device="d"),
        event(2, address="192.0.2.1"),
        event(3, client="c"),
        event(4, source="web"),
    ]
    assert [row[3] for row in sessions(tmp_path, *events)] == [1] * 5


def test_session_has_the_account_and_address_of_its_first_event_and_counts_local_ids(tmp_path: Path) -> None:
    events = [
        event(0, session="s", person="P1"),
        event(1, session="s", address="192.0.2.1", persons=["P1", "P2"]),
    ]
    _, case = run_scene(tmp_path, settings=HEAD + KNOWN, catalogue="", events=events)
    assert values(case, "sessions", "account", "address", "persons") == [("thief", None, 2)]


def test_session_is_named_by_source_account_and_first_event(tmp_path: Path) -> None:
    _, case = run_scene(tmp_path, settings=HEAD + KNOWN, catalogue="", events=[event(7), event(9)])
    expected = hashlib.sha256(b"app\x1fthief\x1f7").hexdigest()[:16]
    assert values(case, "sessions", "session_id") == [(expected,)]


def test_sessions_are_those_of_accounts_with_judged_events_alone(tmp_path: Path) -> None:
    events = [event(0), event(1, account="owner"), event(2, account=None)]
    assert len(sessions(tmp_path, *events)) == 1


def test_suspect_session_takes_its_events_alone(tmp_path: Path) -> None:
    events = [event(0), event(1), event(90), event(200, account="owner")]
    session_id = hashlib.sha256(b"app\x1fthief\x1f90").hexdigest()[:16]
    decision = {"selectors": {"session": session_id}, "verdict": "illegitimate"}
    _, case = run_scene(tmp_path, settings=HEAD, catalogue="", events=events, decisions=[decision])
    assert values(case, "judged", "event_id") == [(90,)]
    assert values(case, "suspects", "session", "session_id") == [(None, session_id)]


def test_logged_name_wins_over_an_id_of_the_same_look(tmp_path: Path) -> None:
    name = "0123456789abcdef"
    decision = {"selectors": {"session": name}, "verdict": "illegitimate"}
    _, case = run_scene(
        tmp_path, settings=HEAD, catalogue="", events=[event(1, session=name), event(2)], decisions=[decision]
    )
    assert values(case, "judged", "event_id") == [(1,)]
    assert values(case, "suspects", "session", "session_id") == [(name, None)]


def test_session_of_a_finding_is_found_through_its_account(tmp_path: Path) -> None:
    session_id = hashlib.sha256(b"app\x1fthief\x1f1").hexdigest()[:16]
    finding = {"account": "thief", "session_id": session_id, "detector": "all", "p": 0.8, "rank": 1}
    _, case = run_scene(
        tmp_path, settings=HEAD, catalogue="", events=[event(1), event(2), event(90)], findings=[finding]
    )
    assert values(case, "judged", "event_id", "p") == [(1, 0.8), (2, 0.8)]
