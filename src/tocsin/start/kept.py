# SPDX-License-Identifier: Apache-2.0
"""The answers given so far, in `start.toml` of the case folder: written after each one, whole or not at all.

Holds no person's data: names of accounts, paths, names of columns, words that somebody typed.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.start.toml_text import Plain, toml_key, toml_value

FILE = "start.toml"

Answer = str | bool | list[str] | dict[str, str]
"""What one question brought; "" is « I do not know »."""


class Kept:
    """Answers by key, in the order in which they were given."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.answers: dict[str, Answer] = {}
        if self.path.exists():
            self.answers = _read(self.path)

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer and write the file."""
        self.answers[key] = answer
        self.write()

    def forget(self, key: str) -> None:
        """Take an answer back."""
        if self.answers.pop(key, None) is not None:
            self.write()

    def write(self) -> None:
        """Write all answers; a reader sees the old file or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        held: dict[str, Plain] = dict(self.answers)
        lines = [f"{toml_key(key)} = {toml_value(value)}\n" for key, value in held.items()]
        temporary = self.path.with_name(f".{FILE}.tmp")
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)

    def word(self, key: str) -> str:
        """One text; "" where nobody knew, or was asked."""
        found = self.answers.get(key, "")
        return found if isinstance(found, str) else ""

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        found = self.answers.get(key, [])
        return found if isinstance(found, list) else []

    def table(self, key: str) -> dict[str, str]:
        """A table of texts."""
        found = self.answers.get(key, {})
        return found if isinstance(found, dict) else {}

    def __contains__(self, key: str) -> bool:
        return key in self.answers


def _read(path: Path) -> dict[str, Answer]:
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            _("The answers kept in this file cannot be read."),
            do=_("Correct it, or move it away to begin again."),
            where=path,
            code="bad_answers",
        ) from error
    return {key: value for key, value in held.items() if _is_answer(value)}


def _is_answer(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    if isinstance(value, dict):
        return all(isinstance(item, str) for item in value.values())
    return isinstance(value, str | bool)
