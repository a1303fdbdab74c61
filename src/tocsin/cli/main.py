# SPDX-License-Identifier: Apache-2.0
"""The command `tocsin`: its verbs, and the one place where errors become words and exit codes."""

from __future__ import annotations

import getpass
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from tocsin import __version__
from tocsin.cli.frame.failures import told, trace_lines
from tocsin.cli.frame.output import Output
from tocsin.cli.frame.signals import Signals, Stopped
from tocsin.core.words import LANGUAGES, visible

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_MODULES = {
    "begin.demo": ("demo",),
    "begin.init": ("init",),
    "begin.papers": ("papers",),
    "begin.start": ("start",),
    "logs.collect": ("collect",),
    "logs.first": ("first",),
    "logs.listen": ("listen",),
    "logs.read": ("formats", "read"),
    "logs.watch": ("watch",),
    "act.contain": ("contain",),
    "act.preserve": ("preserve",),
    "count.catalogue": ("catalogue",),
    "count.detect": ("detect",),
    "count.stages": ("decide", "ingest", "link", "run", "scope"),
    "look.case": ("case", "journal", "table"),
    "look.figures": ("person", "recount", "trace"),
    "look.whatif": ("what-if",),
    "inquiry.ask": ("answer", "ask"),
    "inquiry.hunt": ("hunt", "match"),
    "declare.clocks": ("clocks",),
    "declare.declare": ("declare",),
    "declare.severity": ("severity",),
    "notify.notify": ("notify",),
    "notify.receive": ("receive",),
    "notify.verify_notice": ("verify-notice",),
    "scan.scan": ("scan",),
}
"""Module of the command line, by the moment it serves: its verbs."""

VERBS = {verb: module for module, verbs in _MODULES.items() for verb in verbs}


class Verbs(click.Group):
    """The verbs, each imported when it is asked for: a help text need not wait for the whole of Tocsin."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of the alphabet."""
        del context
        return sorted(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of its module that has this name; None when there is none."""
        del context
        if name not in VERBS:
            return None
        found = vars(import_module(f"tocsin.cli.{VERBS[name]}")).values()
        return next(verb for verb in found if isinstance(verb, click.Command) and verb.name == name)


@click.group(cls=Verbs, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="tocsin")
@click.option("--debug", is_flag=True, help="Show where Tocsin failed.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """From native access logs to the exact statement of a health-data breach.

    \b
    Example:
      tocsin demo
      tocsin first access.log --account dr.x
      tocsin init my-case && tocsin run my-case
    """
    context.obj = Output(debug=debug)


def main() -> NoReturn:
    """Run the command line; exits with the codes of the contract."""
    signals = Signals()
    signals.listen()
    os.environ.setdefault("TOCSIN_BY", _system_user())
    code = run_command(sys.argv[1:], signals)
    _leave(code if signals.exit_code is None else signals.exit_code)


def run_command(arguments: list[str], signals: Signals | None = None) -> int:
    """Run one verb and return its exit code; the last border: one message, and nothing of the data."""
    try:
        return _run(arguments)
    except Stopped:
        return 1  # the signal says which code
    except BaseException as error:
        if signals is not None and signals.received is not None:
            return 1  # DuckDB may swallow `Stopped` and fail in its stead: it is no failure to tell
        return _failed(arguments, error)


def _run(arguments: list[str]) -> int:
    try:
        cli(args=arguments, prog_name="tocsin", standalone_mode=False)
    except SystemExit as stop:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            return 0  # so click leaves it after a broken pipe: whoever read has read enough
        return stop.code if isinstance(stop.code, int) else 0
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    return 0


def _failed(words: list[str], error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        return 0  # whoever read has read enough
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return 130
    output = Output(as_json="--json" in words, lang=_asked_language(words), debug="--debug" in words)
    if output.debug:
        for line in trace_lines(error):
            click.echo("\n".join(map(visible, line.split("\n"))), err=True, nl=False)
    verb = next((word for word in words if not word.startswith("-")), "")
    return output.failed(verb, told(error))


def _asked_language(words: list[str]) -> str | None:
    """Of the command line, even one that cannot be read."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in LANGUAGES:
            return value
    return None


def _leave(code: int) -> NoReturn:
    """End, whatever standard output has become."""
    try:
        sys.stdout.flush()
    except OSError:
        # Python would flush it again on its way out, and say so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
