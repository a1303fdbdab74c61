# SPDX-License-Identifier: Apache-2.0
"""Where suspects come from: the case file, decisions, detection."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.unit.scope.scenes import HEAD, at, event, run_scene, values
from tocsin.core.terms import Origin, Verdict
from tocsin.scope.suspects import Suspect, canonical_address

SPLIT = '[[known]]\naccount = "thief"\nsplit = true\n'


def finding(account: str, p: float | None, **columns: object) -> dict[str, object]:
    return {"account": account, "p": p, "detector": "all", "rank": 1, **columns}


def suspects(folder: Path, settings: str, *findings: dict[str, object]) -> list[tuple[object, ...]]:
    _, case = run_scene(
        folder, settings=HEAD + settings, events=[event(1, session="s")], catalogue="", findings=findings
    )
    return values(case, "suspects", "account", "verdict", "p", "origin")


def test_finding_above_the_threshold_is_proposed_as_doubtful(tmp_path: Path) -> None:
    found = suspects(tmp_path, "", finding("thief", 0.9), finding("other", 0.2))
    assert found == [("thief", "doubtful", 0.9, "proposed")]


def test_finding_of_one_detector_alone_is_not_proposed(tmp_path: Path) -> None:
    assert suspects(tmp_path, "", finding("thief", 0.9, detector="beyond_right")) == []


def test_nothing_is_proposed_when_detection_is_off(tmp_path: Path) -> None:
    assert suspects(tmp_path, "[detect]\nenabled = false\n", finding("thief", 0.9)) == []


def test_proposed_account_is_suspect_over_the_stretch_of_its_finding(tmp_path: Path) -> None:
    events = [event(n) for n in (1, 2, 3, 4)]
    found = [finding("thief", 0.9, first_at=at(2), last_at=at(3))]
    _, case = run_scene(tmp_path, settings=HEAD, events=events, catalogue="", findings=found)
    assert values(case, "judged", "event_id") == [(2,), (3,)]


def test_split_account_is_doubtful_without_p_before_detection_has_run(tmp_path: Path) -> None:
    assert suspects(tmp_path, SPLIT) == [("thief", "doubtful", None, "known")]


def test_split_account_has_the_p_of_its_finding(tmp_path: Path) -> None:
    found = suspects(
        tmp_path, SPLIT + "[detect]\nthreshold = 0.99\n", finding("thief", 0.7), finding("x", 0.1)
    )
    assert found == [("thief", "doubtful", 0.7, "known")]


def test_split_account_is_illegitimate_when_detection_has_a_hard_fact(tmp_path: Path) -> None:
    found = suspects(tmp_path, SPLIT, finding("thief", 1.0, detector="beyond_right"))
    assert found == [("thief", "illegitimate", 1.0, "known")]


def test_split_account_gets_a_row_for_each_session_that_was_weighed(tmp_path: Path) -> None:
    weighed = [
        finding("thief", 0.8),
        finding("thief", 0.9, session_id="00aa"),
        finding("thief", 0.1, session_id="00bb"),
    ]
    _, case = run_scene(
        tmp_path,
        settings=HEAD + SPLIT + "[detect]\nenabled = false\n",
        events=[event(1)],
        catalogue="",
        findings=weighed,
    )
    assert values(case, "suspects", "session_id", "verdict", "p") == [
        (None, "doubtful", None),
        ("00aa", "doubtful", 0.9),
        ("00bb", "doubtful", 0.1),
    ]


WEIGHED = {"account": "thief", "session_id": "00aa"}
OF_ADDRESS = {"account": "thief", "address": "192.0.2.1"}


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        (WEIGHED, {"account": "thief"}, True),
        (WEIGHED, OF_ADDRESS, False),
        (WEIGHED, {"account": "thief", "session": "s"}, False),
        (WEIGHED | {"address": "192.0.2.1"}, OF_ADDRESS, True),
    ],
)
def test_session_that_detection_weighed_is_as_narrow_as_what_was_to_be_split(
    first: dict[str, str], second: dict[str, str], before: bool
) -> None:
    weighed, said = (Suspect(one, Verdict.DOUBTFUL, None, Origin.KNOWN) for one in (first, second))
    rank = [(one.narrowness, one.is_weighed) for one in (weighed, said)]
    assert (rank[0] > rank[1]) is before


def test_session_that_a_person_decided_is_the_narrowest() -> None:
    assert Suspect(WEIGHED, Verdict.LEGITIMATE, 0.0, Origin.DECIDED).narrowness == 3


def test_what_a_person_said_of_an_address_holds_over_the_weighing_of_its_sessions(tmp_path: Path) -> None:
    places = ("192.0.2.1", "192.0.2.9", "192.0.2.5")
    events = [event(number, address=place) for number, place in enumerate(places, start=1)]
    said = '[[known]]\naccount = "thief"\naddress = "192.0.2.1"\nverdict = "legitimate"\n'
    said += '[[known]]\naccount = "thief"\naddress = "192.0.2.9"\n'
    _, case = run_scene(
        tmp_path,
        settings=HEAD + SPLIT + said,
        events=events,
        catalogue="",
        findings=[finding("thief", 0.4, session_id=session_of(number)) for number in (1, 2, 3)],
    )
    assert values(case, "judged", "event_id", "verdict", "p") == [
        (2, "illegitimate", 1.0),
        (3, "doubtful", 0.4),
    ]


def session_of(first_event: int) -> str:
    """The id of the session of `thief` on `app` that begins with this event."""
    return hashlib.sha256(f"app\x1fthief\x1f{first_event}".encode()).hexdigest()[:16]


def test_suspects_are_numbered_by_origin_then_as_written(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        settings=HEAD + '[[known]]\naccount = "b"\n[[known]]\naccount = "a"\n',
        events=[],
        catalogue="",
        findings=[finding("c", 0.9)],
        decisions=[{"selectors": {"account": "d"}, "verdict": "illegitimate"}],
    )
    assert values(case, "suspects", "suspect_id", "account", "origin") == [
        (1, "d", "decided"),
        (2, "b", "known"),
        (3, "a", "known"),
        (4, "c", "proposed"),
    ]


def test_decision_tells_who_decided_and_when(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        settings=HEAD,
        events=[],
        catalogue="",
        decisions=[{"selectors": {"session": "s"}, "verdict": "doubtful", "p": 0.6, "why": "odd hours"}],
    )
    [(by, at_, why, p)] = values(case, "suspects", "decided_by", "decided_at", "why", "p")
    assert (by, why, p) == ("dpo", "odd hours", 0.6)
    assert at_ is not None


def test_suspect_hides_its_selectors_from_its_repr(tmp_path: Path) -> None:
    assert "secret" not in repr(Suspect({"account": "secret"}, Verdict.DOUBTFUL, None, Origin.KNOWN))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("[2001:DB8::1]", "2001:db8::1"),
        ("192.0.2.1", "192.0.2.1"),
        ("::FFFF:192.0.2.7", "192.0.2.7"),
        ("n/a", "n/a"),
    ],
)
def test_address_has_one_spelling(text: str, canonical: str) -> None:
    assert canonical_address(text) == canonical
