# SPDX-License-Identifier: Apache-2.0
"""slapd's lines joined by connection and operation, where they cross, and where numbers are given again."""

from __future__ import annotations

from pathlib import Path

from tests.unit.ingest.scenes import Scene

SOURCE = '[[sources]]\nname = "directory"\npaths = ["slapd.log"]\nformat = "openldap"\n'


def searches(tmp_path: Path, *lines: str) -> list[tuple[object, object, object, object]]:
    """(filter, account, outcome, items) of each search, in order of writing."""
    log = "".join(f"6b024e48.{place:08x} 0x7f conn={line}\n" for place, line in enumerate(lines))
    scene = Scene(tmp_path / "case", SOURCE, **{"slapd.log": log})
    scene.ingest()
    found = [event for event in scene.rows("events") if event["action"] == "search"]
    return [(event["query"], event["account"], event["outcome"], event["items"]) for event in found]


def search(conn: int, op: int, sought: str) -> str:
    return f'{conn} op={op} SRCH base="dc=x" scope=2 deref=0 filter="{sought}"'


def result(conn: int, op: int, count: int, error: int = 0) -> str:
    return f"{conn} op={op} SEARCH RESULT tag=101 err={error} nentries={count} text="


def test_searches_that_cross_on_one_connection_keep_their_own_counts(tmp_path: Path) -> None:
    lines = (search(1, 1, "(a=1)"), search(1, 2, "(b=2)"), result(1, 2, 20), result(1, 1, 10, error=4))
    assert searches(tmp_path, *lines) == [("(a=1)", None, "failure", 10), ("(b=2)", None, "success", 20)]


def test_search_without_result_has_no_outcome_of_a_later_one(tmp_path: Path) -> None:
    lines = (search(1, 1, "(a=1)"), "1 fd=9 closed", search(1, 1, "(b=2)"), result(1, 1, 5))
    assert searches(tmp_path, *lines) == [("(a=1)", None, "unknown", None), ("(b=2)", None, "success", 5)]


def test_account_ends_with_the_next_bind_or_the_connection(tmp_path: Path) -> None:
    bound = '1 op=0 BIND dn="uid=a" mech=SIMPLE bind_ssf=0 ssf=0'
    lines = (
        '1 op=0 BIND dn="uid=a" method=128',
        bound,
        "1 op=0 RESULT tag=97 err=0 text=",
        search(1, 1, "(a=1)"),
        '1 op=2 BIND dn="uid=b" method=128',
        "1 op=2 RESULT tag=97 err=49 text=",
        search(1, 3, "(b=2)"),
        "1 fd=9 closed",
        search(1, 1, "(c=3)"),
    )
    assert [row[:2] for row in searches(tmp_path, *lines)] == [
        ("(a=1)", "uid=a"),
        ("(b=2)", None),
        ("(c=3)", None),
    ]
