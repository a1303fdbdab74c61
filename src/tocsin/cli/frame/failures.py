# SPDX-License-Identifier: Apache-2.0
"""What went wrong, made into one error of ours; and, for --debug, where it did, without what it was reading.

The message of an exception that is not ours may quote a value from a log or a registry: its kind is told, its
message is not, unless TOCSIN_UNSAFE_ERRORS says that the data are made up.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator

import click

from tocsin.core.errors import InputError, MachineError, TocsinError
from tocsin.core.words import _, visible


class UsageError(InputError):
    """The command line is not one that Tocsin knows."""

    code = "usage"


def told(error: BaseException) -> TocsinError:
    """The error of ours that says what happened."""
    if isinstance(error, TocsinError):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, MemoryError):
        return MachineError(
            _("There is not enough memory."), do=_("Lower [limits] memory, or use a larger machine.")
        )
    if isinstance(error, OSError) and error.strerror:
        return MachineError(
            _("The machine refused: {problem}."),
            do=_("Free space or give the right, then run again."),
            where=str(error.filename or ""),
            problem=error.strerror,
        )
    return MachineError(
        _("Tocsin failed ({kind})."),
        do=_("Run again with --debug and report it."),
        kind=type(error).__name__,
    )


def trace_lines(error: BaseException) -> list[str]:
    """Where it happened, outermost cause first: files, lines of code, and messages of ours alone."""
    lines = []
    for link in reversed(list(_chain(error))):
        lines += ["".join(traceback.format_tb(link.__traceback__)), f"{type(link).__name__}{_said(link)}\n"]
        lines += [f"{note}\n" for note in getattr(link, "__notes__", [])]
    return lines


def _said(error: BaseException) -> str:
    is_ours = isinstance(error, TocsinError | click.ClickException | ImportError)
    return f": {error}" if is_ours or os.environ.get("TOCSIN_UNSAFE_ERRORS") else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _usage(error: click.ClickException) -> UsageError:
    see = _("See `tocsin {verb} --help`.")
    context = getattr(error, "ctx", None)
    verb = " ".join(context.command_path.split()[1:]) if context is not None else ""
    values = {"verb": verb} if verb else {"verb": "…"}
    if isinstance(error, click.NoSuchOption):
        return UsageError(_("There is no option {name}."), do=see, name=visible(error.option_name), **values)
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(context) if error.param and context else str(error.param_hint or "")
        return UsageError(_("{name} is missing."), do=see, name=name, **values)
    return UsageError(_("{problem}"), do=see, problem=visible(error.format_message()), **values)
