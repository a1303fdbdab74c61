# SPDX-License-Identifier: Apache-2.0
"""The command `tocsin`: its verbs, and the one place where errors become words and exit codes."""

from __future__ import annotations

import getpass
import os
import signal
import sys
import traceback
from typing import NoReturn

import click

from tocsin import __version__
from tocsin.cli.case import case_group, init, journal, table
from tocsin.cli.demo import demo
from tocsin.cli.look import person, recount, trace
from tocsin.cli.output import Output
from tocsin.cli.reading import first, formats, read
from tocsin.cli.stages import decide, detect, ingest, link, run, scope
from tocsin.core.errors import MachineError, TocsinError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
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


for verb in (
    case_group, decide, demo, detect, first, formats, ingest, init, journal, link, person, read, recount, run, scope,
    table, trace,
):  # fmt: skip
    cli.add_command(verb)


def main() -> NoReturn:
    """Run the command line; exits with the codes of the contract."""
    signal.signal(signal.SIGTERM, _stop)
    os.environ.setdefault("TOCSIN_BY", _system_user())
    verb = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    output = Output(as_json="--json" in sys.argv, debug="--debug" in sys.argv)
    try:
        cli(standalone_mode=False)
        sys.exit(0)
    except click.ClickException as error:
        output.failed(verb, _usage(error))
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except TocsinError as error:
        _show_trace(output, error)
        output.failed(verb, error)
    except BrokenPipeError:
        sys.exit(0)
    except MemoryError:
        output.failed(
            verb,
            MachineError("There is not enough memory.", do="Lower [limits] memory, or use a larger machine."),
        )
    except OSError as error:
        _show_trace(output, error)
        output.failed(verb, _system_error(error))
    except Exception as error:  # the last border: one message and nothing of the data
        _show_trace(output, error)
        output.failed(
            verb,
            MachineError(
                f"Tocsin failed ({type(error).__name__}).", do="Run again with --debug and report it."
            ),
        )


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _stop(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _usage(error: click.ClickException) -> TocsinError:
    usage = TocsinError(error.format_message(), do="See `tocsin --help`.", code="usage")
    usage.exit_code = 2
    return usage


def _system_error(error: OSError) -> MachineError:
    what = error.strerror or type(error).__name__
    return MachineError(
        f"The machine refused: {what}.",
        do="Free space or give the right, then run again.",
        where=error.filename,
    )


def _show_trace(output: Output, error: BaseException) -> None:
    if output.debug:
        # NOTE: notes hold SQL, never rows; DuckDB's own message needs TOCSIN_UNSAFE_ERRORS.
        traceback.print_exception(error, file=sys.stderr)
