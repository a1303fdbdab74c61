# SPDX-License-Identifier: Apache-2.0
"""What a verb prints: words for people, or one JSON object for programs; never both on standard output."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tocsin.core.errors import TocsinError
from tocsin.core.words import Words, _, pick_language, visible, words

STEP_WORDS = {
    "collect": _("Collecting"),
    "reading": _("Reading the logs"),
    "registers": _("Reading the registers"),
    "ingest": _("Ingesting"),
    "detect": _("Detecting"),
    "scope": _("Scoping"),
    "link": _("Linking"),
    "report": _("Writing the report"),
    "copies": _("Reading the files"),
    "scan": _("Scanning"),
    "writing": _("Writing the replay"),
    "whatif": _("Supposing"),
}


@dataclass(slots=True)
class Output:
    """How the user wants to be answered."""

    as_json: bool = False
    lang: str | None = None
    debug: bool = False
    warnings: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """Of the user's language."""
        return words(pick_language(self.lang, os.environ))

    def say(self, line: str = "") -> None:
        """A line for people; nothing when a program asked."""
        if not self.as_json:
            click.echo(line)

    def warn(self, code: str, text: str, where: str = "") -> None:
        """Kept for the JSON object; told at once to people."""
        self.warnings.append((code, text, where))
        if not self.as_json:
            click.echo(
                visible(f"{self.words.text(_('Warning:'))} {self.words.told(text, {})} {where}".rstrip()),
                err=True,
            )

    def done(
        self,
        verb: str,
        result: object,
        *,
        exit_code: int = 0,
        case: str | None = None,
        open_questions: list[object] | None = None,
    ) -> NoReturn:
        """End the verb."""
        if self.as_json:
            answer = {
                "verb": verb,
                "case": case,
                "exit": exit_code,
                "warnings": [{"code": c, "text": t, "where": w} for c, t, w in self.warnings],
                "open_questions": open_questions or [],
                "result": result,
            }
            _print_object(answer)
        sys.exit(exit_code)

    def going_on(self, verb: str, result: object, *, case: str) -> None:
        """One object on a line of its own, of a verb that has not ended."""
        if self.as_json:
            told = {
                "verb": verb,
                "case": case,
                "exit": 0,
                "warnings": [],
                "open_questions": [],
                "result": result,
            }
            _print_object(told)
            sys.stdout.flush()

    def failed(self, verb: str, error: TocsinError) -> int:
        """One message: what, where, what to do. Returns the exit code."""
        if self.as_json:
            where = {"file": error.where.file, "line": error.where.line, "column": error.where.column}
            told = {"code": error.code, "what": error.what, "where": where, "do": error.do}
            _print_object({"verb": verb, "exit": error.exit_code, "error": told})
        else:
            click.echo(visible(self.sentence_of(error)), err=True)
        return error.exit_code

    def sentence_of(self, error: TocsinError) -> str:
        """An error in the user's language; in English what the catalogue lacks."""
        place = f"{error.where}: " if str(error.where) else ""
        sentences = (self.words.told(msgid, error.values) for msgid in (error.what_id, error.do_id))
        return place + " ".join(sentence for sentence in sentences if sentence)


def _print_object(answer: dict[str, object]) -> None:
    """UTF-8 whatever the terminal speaks; half a character, as in a path, becomes JSON's own escape."""
    text = json.dumps(answer, ensure_ascii=False, default=str)
    click.echo(text.encode("utf-8", "backslashreplace"))


class Bars:
    """Progress on standard error, only where somebody looks at a terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output
        console = Console(stderr=True)
        hidden = output.as_json or not console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=hidden,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, label: str, done: int, total: int) -> None:
        """See `core.progress.Progress`."""
        if label not in self._tasks:
            said = self._output.words.text(STEP_WORDS.get(label, label))
            self._tasks[label] = self._progress.add_task(said, total=total or 1)
        self._progress.update(self._tasks[label], completed=done if total else 1, total=total or 1)
