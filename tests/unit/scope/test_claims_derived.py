# SPDX-License-Identifier: Apache-2.0
"""How a claim was graded, what is said in one's own favour, and claims that open again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.made_case import put
from tests.unit.scope.scenes import HEAD, KNOWN, REGISTRY, at, event, person, run_scene, values
from tocsin.core.terms import Grade
from tocsin.scope.derivation import derive
from tocsin.scope.reopened import REOPENED, changed_since
from tocsin.scope.run import run
from tocsin.store.case import Stage

RULES = """
signed_by = "The publisher"
[[shows]]
action = "read"
object = "/card/{person}"
categories = ["identity.name", "health.specialty"]
"""
CLAIMS = """
[claims]
none = ["health.reason"]
never_before = true
unused = true
"""
SEEN = [event(1, object="/card/P1", address="192.0.2.1", device="d")]


def claimed(folder: Path, **tables: object) -> dict[object, tuple[object, list[dict[str, object]]]]:
    given = {"events": SEEN, "registry": [person("P1")], **tables}
    _, case = run_scene(folder, settings=HEAD + REGISTRY + KNOWN + CLAIMS, catalogue=RULES, **given)
    rows = values(case, "claims", "claim", "grade", "derivation")
    return {claim: (grade, json.loads(str(steps))) for claim, grade, steps in rows}


def test_claim_carries_its_steps_and_what_it_may_be_guessed_from(tmp_path: Path) -> None:
    grade, steps = claimed(tmp_path)["no:health.reason"]
    assert grade == "proven"
    told = {step["premise"]: step for step in steps}
    assert [name for name, step in told.items() if step["holds"] is False] == []
    assert "health.specialty" in str(told["indirect"]["evidence"])


def test_claim_is_not_proven_when_a_test_of_completeness_fails(tmp_path: Path) -> None:
    finding = {"source": "app", "test": "ratio", "is_hole": False, "figures": "{}", "fr": "", "en": ""}
    grade, steps = claimed(tmp_path, coverage=[finding])["no:health.reason"]
    assert grade == "not_observed"
    assert [step["premise"] for step in steps if step["holds"] is False] == ["coverage"]


def test_hole_that_coverage_found_leaves_the_claim_unassessable(tmp_path: Path) -> None:
    hole = {"source": "app", "test": "silence", "is_hole": True, "from_at": at(0), "until_at": at(9)}
    assert claimed(tmp_path, coverage=[hole])["no:health.reason"][0] == "unassessable"


def test_what_is_said_in_ones_favour_is_never_proven(tmp_path: Path) -> None:
    found = claimed(tmp_path)
    assert (found["never_before"][0], found["unused"][0]) == ("not_observed", "not_observed")


def test_never_before_is_contradicted_by_the_same_address_and_device(tmp_path: Path) -> None:
    earlier = event(0, account="other", address="192.0.2.1", device="d", occurred_at=at(-600))
    assert claimed(tmp_path, events=[*SEEN, earlier])["never_before"][0] == "contradicted"


def test_claim_that_weakens_is_told_with_the_source_that_brought_files() -> None:
    before = json.dumps({"grades": {"a": "proven", "b": "not_observed"}, "files": {"x": "app"}})
    now = json.dumps({"grades": {"a": "contradicted", "b": "proven"}, "files": {"x": "app", "y": "web"}})
    assert changed_since(before, now) == [
        {"claim": "a", "before": "proven", "after": "contradicted", "sources": ["web"], "files": 1}
    ]
    assert changed_since(None, now) == []


def test_claim_that_weakens_is_told_once_though_the_run_was_killed_at_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"events": SEEN, "registry": [person("P1")]}
    _, case = run_scene(tmp_path, settings=HEAD + REGISTRY + KNOWN + CLAIMS, catalogue=RULES, **given)
    put(case, gaps=[{"source": "app", "kind": "sequence", "from_at": at(0), "until_at": at(9), "missing": 1}])
    with monkeypatch.context() as killed:
        killed.setattr(Stage, "commit", lambda *_: sys.exit(137))
        with pytest.raises(SystemExit):
            run(case)
    run(case)
    run(case)
    told = [entry.body["claim"] for entry in case.journal.entries() if entry.kind == REOPENED]
    assert told == ["never_before", "no:health.reason"]
    case.close()


def test_derivation_ends_with_the_grade() -> None:
    steps = derive(Grade.PROVEN, 3, 0, [], [])
    assert steps[-1]["evidence"] == [{"code": "grade_proven", "values": {}}]
