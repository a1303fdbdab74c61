# SPDX-License-Identifier: Apache-2.0
"""The verb `watch`: follows a case's logs and raises alarms, until it is stopped."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import click

from tocsin.cli.frame.options import CASE, answering, name_actor, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.frame.signals import STOPPING, Stopped
from tocsin.cli.logs.watched import lines_of
from tocsin.core.errors import TocsinError
from tocsin.core.progress import Progress, silent
from tocsin.core.settings import load_case
from tocsin.watch.run import Tell, Told, Watched, Watcher, Wishes


@click.command()
@CASE
@click.option("--once", is_flag=True, help="Read what is new, weigh it, try each delivery once, and end.")
@click.option(
    "--until-idle",
    type=click.FloatRange(0.1),
    metavar="SECONDS",
    help="End once nothing was new for so long and nothing waits to be delivered.",
)
@answering
@writing
@click.pass_context
def watch(
    context: click.Context,
    case: Path,
    once: bool,
    until_idle: float | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Follow growing, rotated and new logs, and raise alarms as they come.

    Alarms go to standard output and to the channels of [watch] in case.toml. Whatever fails is told once and
    tried again; what was written meanwhile is read then. With --json each alarm is one object a line. With
    --once, exits 1 when an alarm was raised, a file could not be read or a delivery waits.

    \b
    Example:
      tocsin watch my-case
      tocsin watch my-case --once --json
    """
    output = output_of(context, as_json=as_json, lang=lang)
    wishes = Wishes(once=once, until_idle=until_idle)
    name = name_actor(by)
    with _heeding_signals(wishes) as came, Bars(output) as bars:
        progress: Progress = bars if once else silent  # a watch that goes on has no end to be near to
        watcher = Watcher(case, name, _teller(output, case), wishes, progress=progress)
        try:
            watcher.watch()
        except (Stopped, TocsinError):
            if not came:
                raise
    code = 128 + came[0] if came else _exit_code(watcher.watched) if once else 0
    for line in lines_of(output.words, "ended", watcher.watched.told()):
        output.say(line)
    output.done("watch", {"state": "ended", **watcher.watched.told()}, exit_code=code, case=str(case))


def _exit_code(watched: Watched) -> int:
    return 1 if watched.alarms or watched.undelivered or watched.left else 0


@contextmanager
def _heeding_signals(wishes: Wishes) -> Iterator[list[int]]:
    """SIGTERM and SIGINT stop at once: what is not committed was not done. Gives the signals that came."""
    came: list[int] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        wishes.stop = True
        raise Stopped

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _teller(output: Output, case: Path) -> Tell:
    @cache
    def zone() -> str:
        """Of the case, which stands by the time that anything is told."""
        return load_case(case / "case.toml").case.zone

    def tell(state: str, told: Told) -> None:
        if output.as_json:
            output.going_on("watch", {"state": state, **_plain(output, told)}, case=str(case))
        for line in lines_of(output.words, state, told, zone()):
            output.say(line)
        sys.stdout.flush()

    return tell


def _plain(output: Output, told: Told) -> dict[str, object]:
    """What is told, its errors and sentences in words."""
    plain: dict[str, object] = {}
    for name, value in told.items():
        if isinstance(value, TocsinError):
            plain[name] = {"code": value.code, "what": value.what, "do": value.do}
        elif name == "text" and isinstance(value, tuple):
            plain[name] = output.words.told(*value)
        else:
            plain[name] = value
    return plain
