# SPDX-License-Identifier: Apache-2.0
"""The journal tells what a commit changed: shorter, and worth as much as all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import make_case, put
from tocsin.core.errors import TamperedError
from tocsin.journal import check_journal
from tocsin.store.case import Case
from tocsin.store.delta import apply_change, is_change, told_body
from tocsin.store.generation import VOIDED
from tocsin.store.generation_body import Generation, parse_generation
from tocsin.store.parts import Part

NAMES = [f"t{number}" for number in range(3)]
parts = st.builds(
    Part,
    path=st.sampled_from([f"p{number}" for number in range(8)]),
    rows=st.integers(0, 3),
    sha256=st.sampled_from("ab"),
    label=st.sampled_from(["", "7"]),
)
tables = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(parts, unique_by=lambda part: part.path).map(
        lambda found: tuple(sorted(found, key=lambda part: part.path))
    ),
)
stages = st.dictionaries(st.sampled_from(["ingest", "detect"]), st.sampled_from("xy"))


@settings(max_examples=25, deadline=None)
@given(st.builds(Generation, st.integers(1, 3), st.just("1"), tables, stages), tables, stages)
def test_change_applied_to_the_generation_before_gives_the_one_after(
    before: Generation, later: dict[str, tuple[Part, ...]], ran: dict[str, str]
) -> None:
    merged = {**before.tables, **later}
    after = Generation(before.number + 1, "1", merged, {**before.stages, **ran})
    body = told_body(before, after)
    assert (apply_change(before, body) if is_change(body) else parse_generation(body)) == after
    if is_change(body):
        assert apply_change(Generation(9, "1", {"other": (Part("x", 1, "c"),)}), body) is None


def committed(folder: Path, commits: int = 5) -> list[dict[str, object]]:
    """A case of several tables of which each commit but the first changes one; bodies of its commits."""
    names = ("controllers", "gaps", "judged", "claims", "records", "relations", "files", "accounts")
    with make_case(folder, **{name: [] for name in names}) as case:
        for number in range(commits):
            put(case, controllers=[{"controller": f"c{number}", "name": "x"}])
        return [dict(entry.body) for entry in case.journal.entries()]


def test_commit_that_changes_little_is_told_in_little(tmp_path: Path) -> None:
    first, *later = committed(tmp_path)
    assert not is_change(first)  # type: ignore[arg-type]
    assert all(is_change(body) for body in later)  # type: ignore[arg-type]
    assert max(len(json.dumps(body)) for body in later) < len(json.dumps(first)) / 2
    assert check_journal(tmp_path / "journal") == 6
    current = json.loads((tmp_path / "tables" / "CURRENT").read_text())
    assert set(current["tables"]) >= {"controllers", "accounts"}
    assert all(part["sha256"] for table in current["tables"].values() for part in table["parts"])


def test_current_that_was_lost_is_made_again_from_the_changes(tmp_path: Path) -> None:
    committed(tmp_path)
    current = tmp_path / "tables" / "CURRENT"
    before = current.read_bytes()
    current.unlink()
    with Case(tmp_path, by="tests"):
        pass
    assert current.read_bytes() == before


def test_commit_that_was_voided_is_no_step_between_changes(tmp_path: Path) -> None:
    committed(tmp_path, 2)
    with Case(tmp_path, by="tests") as case:
        before = case.generation
        after = Generation(before.number + 1, before.code, {**before.tables, "gaps": ()}, before.stages)
        case.journal.append("store:generation:committed", told_body(before, after), by="tests")
        case.journal.append(VOIDED, {"generation": after.number}, by="tests")
    with Case(tmp_path, by="tests") as case:
        put(case, controllers=[{"controller": "last", "name": "x"}])
        standing = case.generation
    (tmp_path / "tables" / "CURRENT").unlink()
    with Case(tmp_path, by="tests") as case:
        assert case.generation == standing


@pytest.mark.parametrize("where", ["part", "stage", "rows"])
def test_current_that_lists_something_else_than_the_change_said_is_refused(
    tmp_path: Path, where: str
) -> None:
    committed(tmp_path)
    current = tmp_path / "tables" / "CURRENT"
    told = json.loads(current.read_text())
    if where == "part":
        told["tables"]["accounts"]["parts"][0]["sha256"] = "0" * 64
    elif where == "stage":
        told["stages"]["made"] = "other"
    else:
        told["tables"]["accounts"]["parts"][0]["rows"] = 7
    current.write_text(json.dumps(told))
    with pytest.raises(TamperedError), Case(tmp_path, by="tests"):
        pass
