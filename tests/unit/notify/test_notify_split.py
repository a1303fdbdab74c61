# SPDX-License-Identifier: Apache-2.0
"""Whom a split account's sessions saw: told unless a decision keeps them off, in the balance either way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, rows_of
from tests.unit.notify.scenes import TEXTS, exposed, person
from tocsin.notify.material import make_writer, read_rows
from tocsin.notify.released import Release
from tocsin.notify.run import Recipients, run
from tocsin.store.case import Case


def divided(number: int, kept_off: str | None = None, decision: int | None = None) -> dict[str, object]:
    return {
        "person": f"P{number:06}",
        "p": 0.1,
        "class": "possible",
        "sessions": 1,
        "session_id": "s1",
        "kept_off": kept_off,
        "decision": decision,
        "why": None,
    }


def open_case(folder: Path, *, seen_otherwise: tuple[int, ...] = (), registry: str | None = "") -> Case:
    """1 counted, 2 possible, 3 excluded, 4 kept off by a decision although in the best count.

    `registry` is what sessions tell of the ids that they name.
    """
    numbers = range(1, 5)
    counted = {1: "floor", 2: "ceiling", 3: "ceiling", 4: "best"}
    persons = [
        {
            "registry": "patients",
            "person": f"P{n:06}",
            "own_id": n,
            "person_id": n,
            "sure_id": n,
            "reason": "alone",
            "sure": True,
        }
        for n in numbers
    ]
    return make_case(
        folder,
        settings=TEXTS,
        registry=[person(number) for number in numbers],
        persons=persons,
        exposure=[row for n in numbers for row in exposed(n, count_in=counted[n])],
        controllers=[{"controller": "c1", "name": "Hôpital du Port", "finess": None}],
        split_persons=[
            row | {"registry": registry}
            for row in (divided(2), divided(3, "excluded"), divided(4, "threshold", 12))
        ],
        split_sessions=[
            {
                "account": "dr",
                "session_id": "s1",
                "p": 0.1,
                "class": "possible",
                "place": "new",
                "weight": 0.0,
            }
            | {"reasons": "[]", "lines": [], "first_at": NOON, "last_at": NOON, "events": 1, "persons": 3}
        ],
        suspects=[
            {"suspect_id": 1, "account": "dr", "session_id": "s1", "verdict": "doubtful", "origin": "known"},
            {"suspect_id": 2, "account": "other", "verdict": "illegitimate", "origin": "known"},
        ],
        judged=[
            {"event_id": n, "suspect_id": 2, "verdict": "illegitimate", "p": 1.0} for n in seen_otherwise
        ],
        disclosures=[
            {"event_id": n, "registry": "patients", "person": f"P{n:06}", "category": "identity.name"}
            | {
                "certainty": "shown",
                "exact": True,
                "protection": "clear",
                "occurred_at": NOON,
                "action": "read",
                "resolver": "named",
            }
            for n in seen_otherwise
        ],
    )


def told(found: Recipients) -> dict[tuple[str, str | None], int]:
    return {(way.channel, way.rule): way.persons for way in found.ways}


def test_everybody_not_excluded_is_told_and_the_others_stand_under_the_decision(tmp_path: Path) -> None:
    with open_case(tmp_path) as case:
        found = run(case)
        assert found.to_inform == 4
        assert told(found) == {
            ("email", None): 2,
            ("suppressed", "split: excluded"): 1,
            ("suppressed", "split: threshold #12"): 1,
        }


def test_whom_another_account_also_showed_is_told_whatever_the_split_says(tmp_path: Path) -> None:
    with open_case(tmp_path, seen_otherwise=(4,)) as case:
        assert told(run(case)) == {("email", None): 3, ("suppressed", "split: excluded"): 1}


@pytest.mark.parametrize(("registry", "to_tell"), [("clinic", 2), (None, 4)])
def test_nobody_is_kept_off_by_an_id_that_may_be_somebody_else_s(
    tmp_path: Path, registry: str | None, to_tell: int
) -> None:
    """Of another registry, it says nothing of 2 and 3, whom nothing else counts either."""
    with open_case(tmp_path, registry=registry) as case:
        assert told(run(case)) == {("email", None): to_tell}


def test_notice_about_a_session_that_may_be_the_owner_s_says_perhaps(tmp_path: Path) -> None:
    with open_case(tmp_path) as case:
        run(case)
        assert {row["person_id"] for row in rows_of(case, "recipients")} == {1, 2, 3, 4}
        stock = read_rows(case, [1, 2])
        writer = make_writer(case, Release(1, 1, {}, "", NOON, "t"))
        sure, perhaps = (writer.write(stock[n].person).text for n in (1, 2))
    assert "Ces données ont été vues" in sure
    assert "peut-être été vues" in perhaps
    assert "Ces données ont été vues" not in perhaps
