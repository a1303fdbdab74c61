# SPDX-License-Identifier: Apache-2.0
"""`tocsin start`: a terminal or a pipe as the person's side of the guided beginning."""

from __future__ import annotations

import shlex
import sys
import webbrowser
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from tocsin.cli.count.stages import show_report
from tocsin.cli.frame.options import answering, name_actor, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.frame.results import exit_code_of, questions_of
from tocsin.cli.frame.signals import Stopped
from tocsin.core.errors import InputError
from tocsin.core.progress import Progress
from tocsin.core.words import _, visible
from tocsin.start.face import NoMoreAnswersError
from tocsin.start.guide import ask_all, count, refuse_finished, welcome
from tocsin.start.kept import Kept
from tocsin.start.missing import Missing, missing_inputs
from tocsin.start.scene import Scene
from tocsin.start.talk import PausedError

DEFAULT_FOLDER = "tocsin-case"
_WIDTH = 110

NEXT = (
    ("contain", _("close the accounts, sessions and tokens, with a sheet to tick off")),
    ("preserve", _("keep the logs before they expire, and ask the publisher for the others")),
    ("clocks", _("how much time is left, and for which duty")),
    ("declare", _("the sheet for the CNIL and the other declarations, filled as far as the facts go")),
    ("catalogue", _("say what the other pages show")),
)
"""Verbs that follow; only those that there are, are told."""


class Terminal:
    """Asks on a terminal, or reads lines from a pipe and repeats them, so that what was said can be read."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._to_error = output.as_json
        self._is_terminal = sys.stdin is not None and sys.stdin.isatty()

    def say(self, line: str = "") -> None:
        for part in _wrapped(line):
            click.echo(part, err=self._to_error)

    def title(self, line: str) -> None:
        for part in _wrapped(line):
            click.secho(part, bold=True, err=self._to_error)

    def warn(self, line: str) -> None:
        for part in _wrapped(f"  ! {line}"):
            click.secho(part, fg="yellow", err=self._to_error)

    def ask(self, prompt: str) -> str:
        click.echo(prompt, nl=False, err=self._to_error)
        line = sys.stdin.readline()
        if not line:
            self.say()
            raise NoMoreAnswersError
        text = line.rstrip("\r\n")
        if not self._is_terminal:
            self.say(visible(text))
        return text

    def progress(self) -> AbstractContextManager[Progress]:
        return Bars(self._output)


def _wrapped(line: str) -> list[str]:
    """A line within the terminal, its continuation indented."""
    if len(line) <= _WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, _WIDTH, subsequent_indent=indent, replace_whitespace=False, break_long_words=False)


@click.command()
@click.argument("case", default=DEFAULT_FOLDER, type=click.Path(path_type=Path))
@click.option(
    "--zone", default="Europe/Paris", show_default=True, help="Zone of the dates you type and read."
)
@click.option("--no-open", is_flag=True, help="Do not open the report in a browser.")
@answering
@writing
@click.pass_context
def start(
    context: click.Context,
    case: Path,
    zone: str,
    no_open: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Begin a case by answering questions, one at a time; each answer is kept, you may leave and come back.

    Works in a terminal, or with the answers as lines on standard input.

    \b
    Example:
      tocsin start
      tocsin start my-case --lang fr
    """
    output = output_of(context, as_json=as_json, lang=lang)
    _check_zone(zone)
    scene = Scene(
        folder=case.absolute(),
        words=output.words,
        face=Terminal(output),
        kept=Kept(case.absolute()),
        by=name_actor(by),
        zone=zone,
        now=lambda: datetime.now(UTC),
    )
    refuse_finished(scene)
    welcome(scene)
    _ask(scene, output, case)
    report = _counted(scene)
    if _holds_anything(report):
        show_report(output, report, case)
    else:
        scene.face.title(scene.words.text(_nothing_counted(scene)))
    missing = missing_inputs(scene, report)
    _tell_missing(scene, missing)
    _tell_next(context, scene, case)
    page = scene.folder / "report" / "report.html"
    if not no_open and not as_json and page.exists() and sys.stdout.isatty():
        webbrowser.open(page.as_uri())
    output.done(
        "start",
        {**report, "missing": [{"code": one.code, "text": one.text} for one in missing]},
        exit_code=exit_code_of(report) if _holds_anything(report) else 1,
        case=str(case),
        open_questions=questions_of(report),
    )


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            _("'{zone}' is not a time zone."),
            do=_("Write it as Europe/Paris or UTC."),
            code="bad_zone",
            zone=visible(zone),
        ) from None


def _ask(scene: Scene, output: Output, case: Path) -> None:
    """Ask all; where the person leaves, say how to come back and end."""
    try:
        ask_all(scene)
    except (PausedError, Stopped, KeyboardInterrupt) as left:
        scene.face.say()
        scene.face.say(
            scene.words.text(_("Nothing is lost. To go on: tocsin start {case}"), case=visible(str(case)))
        )
        if not isinstance(left, PausedError):
            raise
        output.done(
            "start", {"paused": True, "answers": len(scene.kept.answers)}, exit_code=1, case=str(case)
        )
    scene.face.say()


def _counted(scene: Scene) -> dict[str, object]:
    """report.json; empty where there is no log, since a count of nothing would read as « nobody »."""
    if not scene.kept.word("logs"):
        return {}
    scene.face.say(scene.words.text(_("All is asked. Counting…")))
    return count(scene)


def _holds_anything(report: dict[str, object]) -> bool:
    """Whether anything was in scope: else the report says nothing of anybody."""
    scope = report.get("scope")
    return isinstance(scope, dict) and bool(scope.get("events") or scope.get("set_aside"))


def _nothing_counted(scene: Scene) -> str:
    if not scene.kept.word("logs"):
        return _(
            "Nothing has been counted: there is no log yet. This does not mean that nobody is concerned."
        )
    return _(
        "Nothing has been counted: no account is held illegitimate. "
        "This does not mean that nobody is concerned."
    )


def _tell_missing(scene: Scene, missing: list[Missing]) -> None:
    if not missing:
        return
    scene.face.say()
    scene.face.title(scene.words.text(_("What would make it more exact")))
    for one in missing:
        first, *rest = wrap(one.text, 92)
        scene.face.say(f"  · {first}")
        for line in rest:
            scene.face.say(f"    {line}")


def _tell_next(context: click.Context, scene: Scene, case: Path) -> None:
    root = context.find_root().command
    known = root.list_commands(context) if isinstance(root, click.Group) else []
    steps = [(verb, said) for verb, said in NEXT if verb in known]
    scene.face.say()
    scene.face.title(scene.words.text(_("What to do now")))
    folder = shlex.quote(str(case))
    steps.append(("run", _("count again, after case.toml or catalogue.toml was changed")))
    for verb, said in steps:
        scene.face.say(f"  tocsin {verb}{' learn' if verb == 'catalogue' else ''} {folder}")
        scene.face.say(f"      {scene.words.text(said)}")
