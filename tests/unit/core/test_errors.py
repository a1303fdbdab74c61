# SPDX-License-Identifier: Apache-2.0
"""An error says what, where and what to do, in English for programs and in the user's language for people."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.unit.core.said import SOURCE
from tocsin.core import errors
from tocsin.core.errors import (
    CaseLocked,
    InputError,
    MachineError,
    Phrase,
    Sentence,
    SettingsError,
    TamperedError,
    TocsinError,
    Where,
)
from tocsin.core.suggest import suggest
from tocsin.core.words import words

FR, EN = words("fr"), words("en")


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [
        (InputError, 2),
        (SettingsError, 2),
        (CaseLocked, 2),
        (TamperedError, 1),
        (MachineError, 3),
        (TocsinError, 3),
    ],
)
def test_kind_of_error_decides_the_exit_code(kind: type[TocsinError], exit_code: int) -> None:
    assert kind("x").exit_code == exit_code
    assert kind("x", code="own").code == "own"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (None, ""),
        ("a.toml", "a.toml: "),
        (Path("a/b.toml"), "a/b.toml: "),
        (Where("a.toml", 3), "a.toml:3: "),
        (Where("a.zip!m", 3, 7), "a.zip!m:3:7: "),
    ],
)
def test_error_tells_its_place(where, text: str) -> None:
    assert str(InputError("Wrong.", where=where, do="Right it.")) == f"{text}Wrong. Right it."


def test_sentences_are_filled_in_english_and_said_in_french() -> None:
    error = SettingsError(
        "Unknown key '{key}'.", do="Did you mean '{nearest}'?", key="memmory", nearest="memory"
    )
    assert (error.what, error.do) == ("Unknown key 'memmory'.", "Did you mean 'memory'?")
    assert FR.told(error.what_id, error.values) == "Clé inconnue\u00a0: «\u00a0memmory\u00a0»."
    assert EN.told(error.what_id, error.values) == error.what


def test_advice_that_is_worked_out_brings_its_values() -> None:
    error = InputError(
        "There is no format '{asked}'.", do=suggest("web-acess", ["web-access", "xml"]), asked="web-acess"
    )
    assert error.do == "Did you mean 'web-access'?"
    assert error.values == {"nearest": "web-access", "asked": "web-acess"}
    assert suggest("zzz", ["b", "a"]) == Sentence("Known: {known}.", {"known": "b, a"})
    assert suggest("zzz", map(str, range(50))).values["known"].endswith("29, …")


def test_value_that_is_a_sentence_is_said_in_the_language_and_another_is_not() -> None:
    values = {"key": "a text", "expected": Phrase("a text"), "got": "3"}
    error = SettingsError("'{key}' should be {expected}, and is {got}.", **values)
    assert FR.told(error.what_id, error.values) == "«\u00a0a text\u00a0» devrait être un texte, et c’est 3."


def test_braces_stand_for_themselves_without_values() -> None:
    error = InputError("Write {person} or {record:name}.")
    assert error.what == "Write {person} or {record:name}."
    assert FR.told(error.what_id, error.values) == error.what


@pytest.mark.parametrize("value", ["{x}", "{0}", "{key.__class__}", "%s", "\\"])
def test_value_is_never_read_as_a_sentence(value: str) -> None:
    error = InputError("Unknown key '{key}'.", key=value)
    assert error.what == f"Unknown key '{value}'."
    assert value in FR.told(error.what_id, error.values)


def test_sentence_with_a_hole_is_told_all_the_same() -> None:
    error = InputError("Unknown key '{key}' of {table}.", key="a")
    assert error.what == "Unknown key '{key}' of {table}."
    assert EN.told(error.what_id, error.values) == error.what


def test_sentence_that_nobody_translated_is_told_in_english() -> None:
    assert FR.told("No such sentence with {n}.", {"n": 3}) == "No such sentence with 3."
    assert FR.told("", {"n": 3}) == ""


KINDS = {
    name for name, held in vars(errors).items() if isinstance(held, type) and issubclass(held, TocsinError)
}
OWN_WORDS = ("recount",)
"""The oracle shares no code with what it checks, nor its words."""


def raised() -> list[tuple[str, ast.Call]]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] not in OWN_WORDS:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS and node.args:
                    found.append((f"{path.relative_to(SOURCE)}:{node.lineno}", node))
    return found


def is_said(node: ast.expr) -> bool:
    """Marked with `_`, or the name of something that is."""
    return not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp)


def test_every_error_is_marked_for_the_catalogue() -> None:
    unmarked = [
        place
        for place, call in raised()
        for node in [call.args[0], *(k.value for k in call.keywords if k.arg == "do")]
        if not is_said(node)
    ]
    assert unmarked == [], "mark the sentence with _() and give its values by name"
    assert len(raised()) > 80
