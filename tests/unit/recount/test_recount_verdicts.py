# SPDX-License-Identifier: Apache-2.0
"""Which suspect row holds an event, and which of several wins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.recount.small_case import card, write_case
from tocsin.recount import CannotRecount, Recount, list_rows, recount
from tocsin.recount.values import Table


def suspect(verdict: str, **more: object) -> Table:
    row: Table = {"account": "thief", "verdict": verdict, "p": None, "origin": "known", "from_at": None}
    return row | more


def verdict_of(
    folder: Path, *suspects: Table, sessions: tuple[Table, ...] = (), at: str = "09:10:00", **line: object
) -> object:
    recounted = recount(write_case(folder, [card("P1", at, **line)]), list(suspects), sessions)
    rows = list_rows(recounted, "judged")
    return rows[0]["verdict"] if rows else None


def test_decision_wins_over_what_was_known(tmp_path: Path) -> None:
    decided = suspect("legitimate", origin="decided")
    assert verdict_of(tmp_path, suspect("illegitimate"), decided) == "legitimate"


def test_proposal_never_wins_over_what_was_known(tmp_path: Path) -> None:
    proposed = suspect("doubtful", origin="proposed", p=0.9, session="s1")
    assert verdict_of(tmp_path, suspect("illegitimate"), proposed, session="s1") == "illegitimate"


def test_narrower_selector_wins_when_the_rank_is_the_same(tmp_path: Path) -> None:
    narrow = suspect("legitimate", address="192.0.2.1")
    assert verdict_of(tmp_path, narrow, suspect("illegitimate"), address="192.0.2.1") == "legitimate"


def test_latest_decision_wins_when_selectors_are_as_narrow(tmp_path: Path) -> None:
    first = suspect("illegitimate", origin="decided", decided_at=datetime(2024, 4, 1, tzinfo=UTC))
    second = suspect("doubtful", origin="decided", decided_at=datetime(2024, 4, 2, tzinfo=UTC))
    assert verdict_of(tmp_path, second, first) == "doubtful"


def test_disagreement_of_one_rank_is_listed(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P1")])
    recounted = recount(case, [suspect("illegitimate"), suspect("legitimate")])
    assert [place.label for place in recounted.conflicts] == ["app:1"]


def test_all_selectors_must_match(tmp_path: Path) -> None:
    row = suspect("illegitimate", address="192.0.2.1")
    assert verdict_of(tmp_path, row, address="192.0.2.2") is None


def test_addresses_match_when_they_are_spelt_otherwise(tmp_path: Path) -> None:
    row = suspect("illegitimate", account=None, address="2001:DB8:0::1")
    assert verdict_of(tmp_path, row, address="2001:db8::1") == "illegitimate"


def test_source_narrows_a_selector(tmp_path: Path) -> None:
    assert verdict_of(tmp_path, suspect("illegitimate", source="elsewhere")) is None


def session(logged: str | None, first: int, last: int) -> Table:
    return {
        "session_id": "x1",
        "source": "app",
        "logged_session": logged,
        "account": "thief",
        "device": None,
        "address": "192.0.2.1",
        "client": None,
        "first_at": datetime(2024, 3, 1, 9, first, tzinfo=UTC),
        "last_at": datetime(2024, 3, 1, 9, last, tzinfo=UTC),
    }


BY_SESSION = suspect("doubtful", account=None, session_id="x1", origin="proposed", p=0.7)


def test_weighed_session_goes_before_the_account_that_was_to_be_split(tmp_path: Path) -> None:
    weighed = suspect("illegitimate", session_id="x1", p=1.0)
    rows = (suspect("doubtful"), weighed)
    found = verdict_of(tmp_path, *rows, sessions=(session("s1", 30, 40),), session="s1")
    assert found == "illegitimate"


def test_what_a_person_said_of_an_address_goes_before_a_weighed_session(tmp_path: Path) -> None:
    rows = (suspect("doubtful", session_id="x1", p=0.2), suspect("legitimate", address="192.0.2.1"))
    sessions = (session("s1", 30, 40),)
    found = verdict_of(tmp_path, *rows, sessions=sessions, session="s1", address="192.0.2.1")
    assert found == "legitimate"


def test_logged_session_is_found_by_its_name(tmp_path: Path) -> None:
    assert verdict_of(tmp_path, BY_SESSION, sessions=(session("s1", 30, 40),), session="s1") == "doubtful"


@pytest.mark.parametrize(
    ("minute", "verdict"), [("09:09", None), ("09:10", "doubtful"), ("09:20", "doubtful"), ("09:21", None)]
)
def test_unlogged_session_holds_from_its_first_to_its_last_event(
    tmp_path: Path, minute: str, verdict: str | None
) -> None:
    sessions = (session(None, 10, 20),)
    assert (
        verdict_of(tmp_path, BY_SESSION, sessions=sessions, at=f"{minute}:00", address="192.0.2.1") == verdict
    )


def test_unlogged_session_holds_no_event_of_a_logged_one(tmp_path: Path) -> None:
    sessions = (session(None, 10, 20),)
    assert verdict_of(tmp_path, BY_SESSION, sessions=sessions, address="192.0.2.1", session="s1") is None


def test_recount_stops_when_a_session_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(CannotRecount, match="x1"):
        verdict_of(tmp_path, BY_SESSION)


@pytest.mark.parametrize(
    "row", [suspect("guilty"), suspect("doubtful", origin="rumour"), suspect("doubtful", account=None)]
)
def test_recount_stops_when_a_suspect_makes_no_sense(tmp_path: Path, row: Table) -> None:
    with pytest.raises(CannotRecount):
        verdict_of(tmp_path, row)


def retried(folder: Path, *lines: Table) -> Recount:
    return recount(write_case(folder, lines))


def shown(recounted: Recount) -> list[object]:
    return [row["event"] for row in list_rows(recounted, "disclosures")]


def test_retry_shows_nothing_when_the_first_attempt_succeeded(tmp_path: Path) -> None:
    recounted = retried(tmp_path, card("P1", request="r"), card("P1", "09:10:03", request="r"))
    assert shown(recounted) == ["app:1"]
    assert [event.retry_of.label if event.retry_of else None for event in recounted.events] == [None, "app:1"]


@pytest.mark.parametrize("outcome", ["ko", "timeout"])
def test_retry_shows_when_the_first_attempt_did_not_succeed(tmp_path: Path, outcome: str) -> None:
    recounted = retried(
        tmp_path, card("P1", request="r", outcome=outcome), card("P1", "09:10:03", request="r")
    )
    assert "app:2" in shown(recounted)


def test_one_request_that_showed_two_persons_is_no_retry(tmp_path: Path) -> None:
    assert shown(retried(tmp_path, card("P1", request="r"), card("P2", request="r"))) == ["app:1", "app:2"]


def test_equal_lines_are_two_events_when_they_have_no_id(tmp_path: Path) -> None:
    assert len(retried(tmp_path, card("P1"), card("P1")).events) == 2


def test_equal_lines_are_one_event_when_they_have_an_id(tmp_path: Path) -> None:
    recounted = retried(tmp_path, card("P1", request="r"), card("P1", request="r"))
    assert (len(recounted.events), recounted.sources[0].non_events) == (1, {"duplicate_record": 1})


def test_heartbeat_is_always_skipped_by_rule(tmp_path: Path) -> None:
    recounted = retried(tmp_path, *[act_heartbeat(), act_heartbeat()])
    assert recounted.sources[0].non_events == {"skip_rule": 2}


def act_heartbeat() -> Table:
    return {"kind": "heartbeat", "request": "r"}
