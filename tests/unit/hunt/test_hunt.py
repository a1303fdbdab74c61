# SPDX-License-Identifier: Apache-2.0
"""Indicators in events of which the test knows every one; what is not seen, and what that rests on."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.unit.scope.scenes import at, event, open_scene
from tocsin.hunt.commands import decide_commands
from tocsin.hunt.run import Answer, Hunt, Status, hunt
from tocsin.scope.run import run as run_scope

EVENTS = [
    event(1, address="198.51.100.7", person="P1", user_agent="curl/8"),
    event(2, address="198.51.100.200", persons=["P1", "P2"], account="dr.x"),
    event(3, address="203.0.113.5", account="dr.x", source="web", session="s1"),
    event(4, address="2001:db8:7::41", account=None, source="web"),
    event(5, address="2001:db8:8::1", account="dr.y", professional_id="810001234567", source="web"),
]


def hunted(folder: Path, text: str, **tables: object) -> Hunt:
    path = folder / "indicators.csv"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    with open_scene(folder / "case", catalogue="", events=EVENTS, **tables) as case:  # type: ignore[arg-type]
        run_scope(case)
        found = hunt(case, [path])
        entry = next(case.journal.newest_first())
    assert entry.kind == "hunt:indicators:looked_for"
    assert "198.51" not in str(entry.body)
    return found


def one(folder: Path, row: str, **tables: object) -> Answer:
    [answer] = hunted(folder, "type,value,from,until\n" + row + "\n", **tables).answers
    return answer


@pytest.mark.parametrize(
    ("row", "events"),
    [
        ("account,dr.x,,", 2),
        ("address,198.51.100.7,,", 1),
        ("address,198.51.100.0/24,,", 2),
        ("address,::ffff:198.51.100.7,,", 1),
        ("address,0.0.0.0/0,,", 3),
        ("address,2001:db8:7::/48,,", 1),
        ("address,2001:db8::/32,,", 2),
        ("address,2001:DB8:8:0::1,,", 1),
        ("agent,curl/8,,", 1),
        ("session,s1,,", 1),
        ("rpps,10001234567,,", 1),
    ],
)
def test_indicator_is_seen_in_exactly_its_events(tmp_path: Path, row: str, events: int) -> None:
    answer = one(tmp_path, row)
    assert answer.status is Status.SEEN
    assert answer.hits is not None
    assert answer.hits.events == events


def test_hits_tell_accounts_persons_sources_and_times(tmp_path: Path) -> None:
    hits = one(tmp_path, "address,198.51.100.0/24,,").hits
    assert hits is not None
    assert (hits.accounts, hits.local_ids, hits.sources) == (2, 2, ("app",))
    assert (hits.first_at, hits.last_at) == (at(1), at(2))
    assert hits.outside_scope == 1


def test_period_bounds_what_is_looked_for(tmp_path: Path) -> None:
    row = f"account,dr.x,{at(3).isoformat()},{at(4).isoformat()}"
    hits = one(tmp_path, row).hits
    assert hits is not None
    assert hits.events == 1


def test_professional_is_found_by_the_directory_of_accounts(tmp_path: Path) -> None:
    accounts = [{"account": "dr.x", "professional_id": "10009999999"}]
    hits = one(tmp_path, "rpps,810009999999,,", accounts=accounts).hits
    assert hits is not None
    assert hits.events == 2


def test_what_is_not_seen_rests_on_the_sources_that_carry_it(tmp_path: Path) -> None:
    answer = one(tmp_path, "agent,wget/1,,")
    assert answer.status is Status.NOT_SEEN
    assert [(row.source, row.filled, row.events) for row in answer.rests_on] == [("app", 1, 2)]


@pytest.mark.parametrize(
    "row",
    [
        "device,abc,,",
        "sha256," + "a" * 64 + ",,",
        "client,x,,",
        "session,s1,2030-01-01,2030-02-01",
        "mail,a@b.example,,",
    ],
)
def test_what_no_source_carries_then_cannot_be_seen(tmp_path: Path, row: str) -> None:
    answer = one(tmp_path, row)
    assert answer.status is Status.CANNOT_BE_SEEN
    assert not answer.rests_on


def test_tests_joined_by_and_hold_in_one_event(tmp_path: Path) -> None:
    patterns = {
        "both": "[user-account:user_id = 'dr.x' AND ipv4-addr:value = '203.0.113.5']",
        "never": "[user-account:user_id = 'dr.y' AND ipv4-addr:value = '203.0.113.5']",
        "half": "[user-account:user_id = 'dr.y'] AND [user-account:user_id = 'nobody']",
    }
    objects = [{"type": "indicator", "id": name, "pattern": text} for name, text in patterns.items()]
    (tmp_path / "b.json").write_text(json.dumps({"type": "bundle", "objects": objects}), "utf-8")
    with open_scene(tmp_path / "case", events=EVENTS) as case:
        found = hunt(case, [tmp_path / "b.json"])
    assert [answer.status for answer in found.answers] == [Status.SEEN, Status.NOT_SEEN, Status.PARTLY_SEEN]


def test_commands_can_be_typed_and_decide_nothing(tmp_path: Path) -> None:
    case = "a case; rm -rf"
    direct = decide_commands(one(tmp_path / "1", "account,dr.x,,"), case)
    assert [shlex.split(command)[:5] for command in direct] == [
        ["tocsin", "decide", case, "--account", "dr.x"]
    ]
    by_account = decide_commands(one(tmp_path / "2", "agent,curl/8,,"), case)
    assert ["--account" in command and "thief" in command for command in by_account] == [True]
    by_address = decide_commands(one(tmp_path / "3", "address,2001:db8:7::/48,,"), case)
    assert ["--address 2001:db8:7::41" in command for command in by_address] == [True]


def test_person_is_needed_for_what_is_seen_outside_the_scope_or_not_understood(tmp_path: Path) -> None:
    head = "type,value\n"
    assert not hunted(tmp_path / "1", head + "agent,curl/8\n").needs_person
    assert hunted(tmp_path / "2", head + "account,dr.x\n").needs_person
    assert hunted(tmp_path / "3", head + "domain,x\n").needs_person
