# SPDX-License-Identifier: Apache-2.0
"""One account, two hands: sessions told apart, persons after them, answers as hard facts."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.detect.small_platform import (
    detected,
    doctor,
    quiet_days,
    quiet_relations,
    theft,
)
from tocsin.detect.split.classes import CONFIRMED, LIKELY, POSSIBLE, _told
from tocsin.detect.split.run import run as split
from tocsin.detect.split.shapes import log_gamma
from tocsin.journal.answers import ANSWERED, CUT, HEARD
from tocsin.journal.chain import Json
from tocsin.scope.run import run as scope
from tocsin.store.case import Case

HELD = "".join(f'\n[[known]]\naccount = "{doctor(number)}"\nsplit = true\n' for number in (3, 5))


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stolen accounts, each by its own thief, from the afternoon of the eighth day on; split once."""
    events = (
        quiet_days() + theft(3, range(8, 18)) + theft(5, range(9, 16), device="lair", address="198.51.100.7")
    )
    folder = tmp_path_factory.mktemp("split")
    with detected(folder, events, settings=HELD, relations=quiet_relations()) as (opened, _report):
        split(opened)
        return opened.folder


@pytest.fixture
def case(ready: Path, tmp_path: Path) -> Iterator[Case]:
    """A copy of its own: answers of one test are not heard in another."""
    shutil.copytree(ready, tmp_path / "case")
    with Case(tmp_path / "case", by="tests") as opened:
        yield opened


def sessions(case: Case, account: str = doctor(3)) -> list[dict[str, object]]:
    return [row for row in rows_of(case, "split_sessions") if row["account"] == account]


def is_stolen(row: dict[str, object]) -> bool:
    at = row["first_at"]
    assert isinstance(at, datetime)
    return at.hour >= 14


def answered(case: Case, session: object, said: str, *, by: str = "Dr Roy", **body: object) -> None:
    told = {"account": doctor(3), "session_id": session, "said": said, "sure": True, "channel": "call_back"}
    verdict = {"mine": "legitimate", "not_mine": "illegitimate"}[said]
    more = {
        "selectors": {"session_id": session},
        "verdict": verdict,
        "answered_by": by,
        "answered_at": "2024-04-01",
    }
    case.journal.append(ANSWERED, {**told, **more, **body}, by="team")  # type: ignore[dict-item]


def test_sessions_of_owner_and_thief_are_told_apart(case: Case) -> None:
    for account, number in ((doctor(3), 10), (doctor(5), 7)):
        stolen = [row for row in sessions(case, account) if is_stolen(row)]
        own = [row for row in sessions(case, account) if not is_stolen(row)]
        assert [row["class"] for row in stolen] == ["likely"] * number
        assert {row["class"] for row in own} == {"excluded"}
        assert all(row["owner_evidence"] == "place" for row in own)


def test_session_has_its_reasons_in_both_languages_and_its_lines(case: Case) -> None:
    row = next(row for row in sessions(case) if is_stolen(row))
    reasons = {one["code"]: one for one in json.loads(str(row["reasons"]))}
    assert reasons["no_relation"]["en"] == (
        "12 of 12 patients have no known link with you or your practice; usual: 0 of 12."
    )
    assert "aucun lien connu" in reasons["no_relation"]["fr"]
    assert reasons["place_new"]["fr"].startswith("Depuis un appareil")
    assert len(row["lines"]) == 5  # type: ignore[arg-type]


def test_probability_of_a_person_is_one_less_the_product_over_the_sessions(case: Case) -> None:
    p = {row["session_id"]: float(str(row["p"])) for row in rows_of(case, "split_sessions")}
    seen: dict[object, float] = {}
    for row in rows_of(case, "session_people"):
        seen[row["person"]] = seen.get(row["person"], 1.0) * (1 - p[row["session_id"]])
    told = {row["person"]: float(str(row["p"])) for row in rows_of(case, "split_persons")}
    assert set(told) == set(seen)
    for person, rest in seen.items():
        assert told[person] == pytest.approx(1 - rest, abs=2e-4)


def test_excluded_persons_are_off_the_list_and_named(case: Case) -> None:
    kept = rows_of(case, "split_persons")
    assert {row["kept_off"] for row in kept if row["class"] == "excluded"} == {"excluded"}
    assert {row["kept_off"] for row in kept if row["class"] != "excluded"} == {None}


def test_split_account_is_judged_session_by_session(case: Case) -> None:
    scope(case)
    verdicts = {row["verdict"] for row in rows_of(case, "suspects") if row["origin"] == "known"}
    assert verdicts == {"doubtful"}
    judged = [float(str(row["p"])) for row in rows_of(case, "judged") if row["p"] is not None]
    assert sum(p >= 0.5 for p in judged) == 10 * 12 + 7 * 12


def test_second_run_changes_nothing(case: Case) -> None:
    split(case)
    assert split(case).is_current


def test_answers_are_hard_facts_and_contradictions_none(case: Case) -> None:
    stolen, own = ([row for row in sessions(case) if is_stolen(row) is told] for told in (True, False))
    answered(case, stolen[0]["session_id"], "not_mine")
    answered(case, own[0]["session_id"], "mine")
    answered(case, stolen[1]["session_id"], "not_mine")
    answered(case, stolen[1]["session_id"], "mine", by="Nurse Petit")
    split(case)
    told = {row["session_id"]: row for row in sessions(case)}
    first, second = told[stolen[0]["session_id"]], told[stolen[1]["session_id"]]
    assert (first["class"], first["hard_fact"], first["p"]) == ("confirmed", "answer", 1.0)
    assert (told[own[0]["session_id"]]["p"], told[own[0]["session_id"]]["owner_evidence"]) == (0.0, "answer")
    assert (second["class"], second["hard_fact"]) == ("likely", None)
    scope(case)
    assert {row["verdict"] for row in rows_of(case, "judged") if row["p"] == 1.0} == {"illegitimate"}
    confirmed = [row for row in rows_of(case, "split_persons") if row["class"] == "confirmed"]
    assert len(confirmed) == 12


def test_unsure_answer_is_evidence_and_no_verdict(case: Case) -> None:
    row = next(row for row in sessions(case, doctor(5)) if not is_stolen(row))
    body: dict[str, Json] = {"account": doctor(5), "said": "not_mine", "sure": False}
    body["session_id"] = str(row["session_id"])
    case.journal.append(
        HEARD, {**body, "channel": "paper", "answered_by": "Dr Roy", "answered_at": "2024-04-01"}, by="team"
    )
    split(case)
    now = next(one for one in sessions(case, doctor(5)) if one["session_id"] == row["session_id"])
    assert float(str(now["p"])) > float(str(row["p"]))
    assert now["hard_fact"] is None


def test_threshold_keeps_persons_off_with_the_decision_and_its_reason(case: Case) -> None:
    before = rows_of(case, "split_persons")
    entry = case.journal.append(CUT, {"threshold": 1.0, "why": "board", "persons": 0}, by="DPO")
    split(case)
    kept = [row for row in rows_of(case, "split_persons") if row["kept_off"] == "threshold"]
    assert len(kept) == sum(row["class"] in ("likely", "possible") for row in before)
    assert {(row["decision"], row["why"]) for row in kept} == {(entry.number, "board")}
    case.journal.append(CUT, {"threshold": 0, "why": "undone", "persons": 0}, by="DPO")
    split(case)
    assert not [row for row in rows_of(case, "split_persons") if row["kept_off"] == "threshold"]


def test_machine_shared_by_two_stolen_accounts_is_a_hard_fact(tmp_path: Path) -> None:
    events = quiet_days() + theft(3, range(8, 18)) + theft(5, range(9, 16))
    directory = [{"account": doctor(n), "role": "gp", "organisation": f"o{n}"} for n in range(40)]
    with detected(tmp_path, events, settings=HELD, relations=quiet_relations(), accounts=directory) as (
        case,
        _report,
    ):
        split(case)
        stolen = [row for row in sessions(case) if is_stolen(row)]
        assert {(row["class"], row["hard_fact"], row["p"]) for row in stolen} == {
            ("confirmed", "infrastructure", 1.0)
        }


def test_small_platform_is_not_split(tmp_path: Path) -> None:
    events = quiet_days(9, doctors=10) + theft(3, range(6, 9))
    with detected(tmp_path, events, settings=HELD, relations=quiet_relations(9, 10)) as (case, _report):
        assert (split(case).sessions, rows_of(case, "split_persons")) == (0, [])
        scope(case)
        assert {row["p"] for row in rows_of(case, "suspects") if row["origin"] == "known"} == {None}


def test_nothing_is_split_when_detection_is_off(tmp_path: Path) -> None:
    held = HELD + "\n[detect]\nenabled = false\n"
    with detected(tmp_path, quiet_days(8, 4), settings=held) as (case, _report):
        assert split(case).sessions == 0


@given(
    st.floats(0, 1),
    st.sampled_from([None, "infrastructure", "overlap"]),
    st.sampled_from([0.0, math.inf, -math.inf, 2.2, -2.2]),
    st.sampled_from(["usual", "workstation", "new", "unknown"]),
    st.floats(-12, 12),
)
@settings(max_examples=200, deadline=None)
def test_doubt_alone_neither_convicts_nor_clears(
    p: float, fact: str | None, answer: float, place: str, content: float
) -> None:
    fact = "answer" if answer == math.inf else fact
    told = _told(p, fact, answer, place, content)
    assert (told.p == 1.0) is (told.label == "confirmed")
    if told.label == "confirmed":
        assert told.hard_fact is not None
        assert answer == math.inf or p >= CONFIRMED
    if told.label == "excluded":
        assert told.owner_evidence is not None
        assert told.p < POSSIBLE
    if told.label == "likely":
        assert told.p >= LIKELY


def test_logarithm_of_gamma_is_the_librarys() -> None:
    x = np.array([0.01, 0.3, 1.0, 2.5, 40.0, 900.0])
    assert log_gamma(x) == pytest.approx([math.lgamma(v) for v in x], abs=1e-8)


def test_two_at_work_at_once_in_two_places_is_a_hard_fact(tmp_path: Path) -> None:
    stolen = theft(3, range(8, 18))
    for row in stolen[24:36]:  # that day in the morning, while the owner sees his own patients
        row["occurred_at"] = row["occurred_at"] - timedelta(minutes=400)  # type: ignore[operator]
    directory = [{"account": doctor(n), "role": "gp", "organisation": f"o{n}"} for n in range(40)]
    with detected(
        tmp_path,
        quiet_days() + stolen,
        settings=HELD,
        relations=quiet_relations(),
        accounts=directory,
    ) as (case, _report):
        split(case)
        hard = [
            row for row in sessions(case) if row["hard_fact"] == "overlap" and row["class"] == "confirmed"
        ]
    assert [(row["p"], row["persons"]) for row in hard] == [(1.0, 12)]
