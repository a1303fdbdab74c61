# SPDX-License-Identifier: Apache-2.0
"""What every source file has: a licence line, a purpose, a name that says what it is for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.structure.source import PACKAGE, ROOT, python_files, shown, tracked_files, tree_of

COMMENT = {".py": "#", ".sh": "#", ".sql": "--"}
LICENCE = "SPDX-License-Identifier: Apache-2.0"
VAGUE_NAMES = ("utils", "util", "helpers", "helper", "manager", "handler", "data", "misc", "common")
SYNONYMS = {
    "patient": "person",
    "patients": "persons",
    "victim": "person",
    "victims": "persons",
    "leak": "disclosure",
    "leaks": "disclosures",
    "leaked": "disclosed",
    "logentry": "event",
    "hacker": "account",
    "username": "account",
}
"""A word that is not ours, and the one of docs/reference/glossary.md that is."""

NAMES_OF_DATA = ("src/tocsin/replays/", "src/tocsin/ingest/formats/")
"""Where an identifier may name what is in the data: a platform has patients, FHIR a resource Patient."""


def test_every_source_begins_with_its_licence() -> None:
    missing = []
    for path in tracked_files():
        mark = COMMENT.get(path.suffix, "#" if path.parent == ROOT / "script" else "")
        if mark and "golden" not in path.parts:
            head = path.read_text("utf-8").splitlines()[:2]
            if not any(line == f"{mark} {LICENCE}" for line in head):
                missing.append(shown(path))
    assert not missing


def test_every_module_says_what_it_is_for() -> None:
    silent = [shown(p) for p in python_files() if ast.get_docstring(tree_of(p)) is None]
    assert not silent


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [shown(p) for p in python_files("src") if p.stem in VAGUE_NAMES or p.parent.name in VAGUE_NAMES]
    assert not vague


def test_only_the_command_line_imports_inside_functions() -> None:
    hidden = []
    for path in python_files("src"):
        if path.is_relative_to(PACKAGE / "cli"):
            continue
        for function in ast.walk(tree_of(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{shown(path)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert not hidden


def identifiers(path: Path) -> set[tuple[int, str]]:
    """Names that the file gives: of functions, classes, arguments, variables and fields."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add((node.lineno, node.name))
        elif isinstance(node, ast.arg):
            found.add((node.lineno, node.arg))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add((node.lineno, node.id))
    return found


def words_of(identifier: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)


def test_one_idea_has_one_word() -> None:
    wrong = []
    for path in python_files("src"):
        if shown(path).startswith(NAMES_OF_DATA):
            continue
        for line, name in identifiers(path):
            wrong += [
                f"{shown(path)}:{line} {name}: say {SYNONYMS[word.lower()]}"
                for word in words_of(name)
                if word.lower() in SYNONYMS
            ]
    assert not wrong


@pytest.mark.parametrize(
    ("identifier", "words"),
    [("patient_ids", ["patient", "ids"]), ("PatientRow", ["Patient", "Row"]), ("_NIR_KEY", ["NIR", "KEY"])],
)
def test_words_of_splits_an_identifier(identifier: str, words: list[str]) -> None:
    assert words_of(identifier) == words


def test_every_glossary_word_of_ours_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs/reference/glossary.md").read_text("utf-8")
    assert [
        w for w in set(SYNONYMS.values()) if f"| {w.removesuffix('s')}" not in glossary and w != "disclosed"
    ] == []
