# SPDX-License-Identifier: Apache-2.0
"""The commands that pages and help texts show are understood as they stand: verbs, deeds and options exist.

They are read to their last word and not run.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tocsin.cli.main import VERBS, cli

REPOSITORY = Path(__file__).parents[2]
PAGES = [
    REPOSITORY / "README.md",
    *sorted(path for path in (REPOSITORY / "docs").rglob("*.md") if path.parts[-2] != "reference"),
]
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\s*(?:\$ )?(?:\./)?tocsin (.+)")
ENDS = {"|", "<", ">", "&&", "&", ";", "2>"}
"""What the shell reads itself, and what follows it."""

LEFT_OUT = re.compile(r"…$|^\[")
"""A command shown in part."""


def commands_of(text: str) -> Iterator[str]:
    """Those that stand on lines of their own, a line ended by a backslash with the next."""
    for line in text.replace("\\\n", " ").splitlines():
        if (found := COMMAND.match(line)) and not LEFT_OUT.search(found[1]):
            yield found[1]


def words_of(command: str) -> list[str]:
    """The words that Tocsin is given."""
    words = shlex.split(command, comments=True)
    return words[: next((place for place, word in enumerate(words) if word in ENDS), None)]


def helps_of(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """The help texts of a verb and of its deeds."""
    yield path, command.help or ""
    for name, deed in getattr(command, "commands", {}).items():
        yield from helps_of(deed, f"{path} {name}")


def shown_in_pages() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in BLOCK.findall(page.read_text("utf-8")):
            yield from ((page.name, command) for command in commands_of(block))


def shown_in_helps() -> Iterator[tuple[str, str]]:
    context = click.Context(cli)
    for name in sorted(VERBS):
        verb = cli.get_command(context, name)
        assert verb is not None
        for path, text in helps_of(verb, name):
            yield from ((f"{path} --help", command) for command in commands_of(text))


def refusals(shown: Iterator[tuple[str, str]]) -> tuple[int, list[str]]:
    """How many commands were read, and what is wrong with those that are refused."""
    told = [(where, command, CliRunner().invoke(cli, words_of(command))) for where, command in shown]
    return len(told), [f"{where}: {command}: {got.output}" for where, command, got in told if got.exit_code]


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)


def test_commands_of_the_pages_are_understood() -> None:
    read, refused = refusals(shown_in_pages())
    assert not refused
    assert read > 100


def test_examples_of_the_help_texts_are_understood() -> None:
    read, refused = refusals(shown_in_helps())
    assert not refused
    assert read > 80


def test_command_that_does_not_exist_is_noticed() -> None:
    wrong = [
        "notify my-case preview --no-such-option",
        "no-such-verb my-case",
        "decide my-case --account dr.x",
    ]
    assert len(refusals(iter([("here", command) for command in wrong]))[1]) == len(wrong)
