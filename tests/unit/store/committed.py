# SPDX-License-Identifier: Apache-2.0
"""A case with two commits to tell apart, and what may lie in its folder after a crash."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.made_case import make_case, put
from tocsin.journal import check_journal
from tocsin.store.case import Case

Rows = dict[str, list[dict[str, object]]]

OLD: Rows = {
    "controllers": [{"controller": "practice-1", "name": "Old"}],
    "gaps": [{"source": "gateway", "kind": "period"}],
    "judged": [{"event_id": 1, "verdict": "doubtful"}],
}
NEW: Rows = {
    "controllers": [{"controller": "practice-1", "name": "New"}, {"controller": "practice-2", "name": "Too"}],
    "judged": [{"event_id": 1, "verdict": "illegitimate"}, {"event_id": 2, "verdict": "illegitimate"}],
    "claims": [{"claim": "no:finance.bank", "grade": "proven"}],
}
TABLES = sorted({*OLD, *NEW})
NAMES = {"controllers": "name", "judged": "verdict", "claims": "grade", "gaps": "source"}


_OLD: list[Path] = []


def make_old(folder: Path) -> None:
    """A case whose first commit is OLD; made once, then copied."""
    if not (_OLD and _OLD[0].exists()):
        with make_case(folder.parent / "old", **OLD):
            pass
        _OLD[:] = [folder.parent / "old"]
    shutil.copytree(_OLD[0], folder, dirs_exist_ok=True)


def write_new(folder: Path) -> None:
    """A second run, which commits NEW."""
    with Case(folder, by="tests") as case:
        put(case, **NEW)


def standing(case: Case) -> dict[str, list[object]]:
    """What tells the generations apart."""
    with case.engine(*TABLES) as engine:
        return {
            name: [value for (value,) in engine.rows(f"select {NAMES[name]} from {name} order by all")]
            for name in TABLES
        }


def expected(*commits: Rows) -> dict[str, list[object]]:
    held: Rows = {}
    for commit in commits:
        held.update(commit)
    return {name: sorted(str(row[NAMES[name]]) for row in held.get(name, [])) for name in TABLES}


BEFORE, AFTER = expected(OLD), expected(OLD, NEW)


def assert_whole(folder: Path) -> dict[str, list[object]]:
    """Reopen after a crash: one generation stands whole, nothing unknown is left. Returns what stands."""
    with Case(folder, by="tests") as case:
        found = standing(case)
        case.generations.verify(case.generation)
        known = {part.path for part in case.generation.parts()}
        head = case.journal.head
    assert found in (BEFORE, AFTER)
    assert files_in(folder / "tables") == known | {"CURRENT", ".lock"}
    assert check_journal(folder / "journal", [head]) >= 1
    assert (folder / "journal" / "HEAD").read_text("utf-8").split()[1] == head
    assert files_in(folder / "journal") == {"journal.jsonl", "HEAD"}
    return found


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of the tables but CURRENT and the lock."""
    left_out = {"CURRENT", ".lock"}
    return {name: (folder / name).read_bytes() for name in files_in(folder) - left_out}
