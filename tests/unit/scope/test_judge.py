# SPDX-License-Identifier: Apache-2.0
"""Which events are in scope, and whose verdict holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import HEAD, at, event, open_scene, run_scene, values
from tocsin.core.errors import InputError
from tocsin.scope.run import run


def judged(
    folder: Path, known: str, events: list[dict[str, object]], **more: object
) -> list[tuple[object, ...]]:
    _, case = run_scene(folder, settings=HEAD + known, events=events, catalogue="", **more)
    return values(case, "judged", "event_id", "verdict", "p")


def test_period_is_half_open(tmp_path: Path) -> None:
    known = '[[known]]\naccount = "thief"\nfrom = 2024-06-11T12:01:00Z\nuntil = 2024-06-11T12:03:00Z\n'
    events = [event(n) for n in range(5)]
    assert judged(tmp_path, known, events) == [(1, "illegitimate", 1.0), (2, "illegitimate", 1.0)]


def test_all_selectors_given_must_match(tmp_path: Path) -> None:
    known = '[[known]]\naccount = "thief"\naddress = "192.0.2.1"\nsource = "web"\n'
    events = [
        event(1, address="192.0.2.1", source="web"),
        event(2, address="192.0.2.1"),
        event(3, address="192.0.2.2", source="web"),
        event(4, address="192.0.2.1", source="web", account=None),
    ]
    assert [row[0] for row in judged(tmp_path, known, events)] == [1]


@pytest.mark.parametrize(
    ("written", "logged"),
    [("2001:DB8:7:0::0041", "2001:db8:7::41"), ("::ffff:192.0.2.1", "192.0.2.1"), ("host-a", "host-a")],
)
def test_addresses_are_compared_in_canonical_form(tmp_path: Path, written: str, logged: str) -> None:
    known = f'[[known]]\naddress = "{written}"\n'
    assert [r[0] for r in judged(tmp_path, known, [event(1, address=logged, account=None)])] == [1]


@pytest.mark.parametrize("name", ["session", "device", "client", "user_agent", "file_name"])
def test_every_selector_selects(tmp_path: Path, name: str) -> None:
    known = f'[[known]]\n{name} = "x"\n'
    assert [r[0] for r in judged(tmp_path, known, [event(1, **{name: "x"}), event(2, **{name: "y"})])] == [1]


def test_decision_wins_over_the_case_file(tmp_path: Path) -> None:
    decision = {"selectors": {"account": "thief"}, "verdict": "legitimate", "why": "asked him"}
    known = '[[known]]\naccount = "thief"\nsession = "s"\n'
    assert judged(tmp_path, known, [event(1, session="s")], decisions=[decision]) == []


def test_narrower_selector_wins_within_one_origin(tmp_path: Path) -> None:
    known = """
[[known]]
account = "thief"
[[known]]
account = "thief"
session = "mine"
verdict = "legitimate"
[[known]]
account = "thief"
address = "192.0.2.9"
verdict = "doubtful"
p = 0.3
"""
    events = [event(1), event(2, session="mine", address="192.0.2.9"), event(3, address="192.0.2.9")]
    assert judged(tmp_path, known, events) == [(1, "illegitimate", 1.0), (3, "doubtful", 0.3)]


def test_latest_decision_wins_within_one_rank(tmp_path: Path) -> None:
    decisions = [
        {"selectors": {"account": "thief"}, "verdict": "illegitimate"},
        {"selectors": {"account": "thief"}, "verdict": "doubtful", "p": 0.4},
    ]
    assert judged(tmp_path, "", [event(1)], decisions=decisions) == [(1, "doubtful", 0.4)]


def test_two_verdicts_of_one_rank_are_reported_and_the_cautious_one_holds(tmp_path: Path) -> None:
    known = '[[known]]\naccount = "thief"\nverdict = "legitimate"\n[[known]]\naccount = "thief"\n'
    report, case = run_scene(tmp_path, settings=HEAD + known, events=[event(1), event(2)], catalogue="")
    assert [row[1] for row in values(case, "judged", "event_id", "verdict")] == ["illegitimate"] * 2
    assert [(d.suspect_id, d.other_id, d.events) for d in report.disputes] == [(1, 2, 2)]


def test_dispute_below_the_first_rank_is_none(tmp_path: Path) -> None:
    known = '[[known]]\naccount = "thief"\nverdict = "legitimate"\n[[known]]\naccount = "thief"\n'
    decision = {"selectors": {"account": "thief"}, "verdict": "doubtful", "p": None}
    report, case = run_scene(
        tmp_path, settings=HEAD + known, events=[event(1)], catalogue="", decisions=[decision]
    )
    assert report.disputes == ()
    assert values(case, "judged", "verdict", "p") == [("doubtful", None)]


def test_decision_holds_within_its_own_period_only(tmp_path: Path) -> None:
    decision = {
        "selectors": {"account": "thief"},
        "from": at(2).isoformat(),
        "until": at(3).isoformat(),
        "verdict": "legitimate",
    }
    found = judged(
        tmp_path, '[[known]]\naccount = "thief"\n', [event(n) for n in (1, 2, 3)], decisions=[decision]
    )
    assert [row[0] for row in found] == [1, 3]


def test_suspect_that_selects_nothing_is_refused(tmp_path: Path) -> None:
    case = open_scene(tmp_path, settings=HEAD + "[[known]]\nfrom = 2024-06-11T12:00:00Z\n", events=[event(1)])
    with case, pytest.raises(InputError) as error:
        run(case)
    assert error.value.code == "empty_suspect"


def test_nobody_suspect_gives_an_empty_scope(tmp_path: Path) -> None:
    report, case = run_scene(tmp_path, settings=HEAD, events=[event(1)], catalogue="")
    assert (report.events, report.disclosed, report.unresolved) == (0, 0, 0)
    assert values(case, "judged", "event_id") == []
