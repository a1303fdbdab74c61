# SPDX-License-Identifier: Apache-2.0
"""Options that several verbs share, and how a verb opens its case."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from tocsin.cli.frame.output import Output
from tocsin.store.case import Case

F = TypeVar("F", bound=Callable[..., object])

CASE = click.argument("case", type=click.Path(path_type=Path))


def answering(function: F) -> F:
    """`--json`, `--lang`, and `--debug` after the verb too."""
    function = click.option(
        "--debug", is_flag=True, hidden=True, expose_value=False, is_eager=True, callback=_note_debug
    )(function)
    function = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")(
        function
    )
    return click.option(
        "--lang", type=click.Choice(["fr", "en"]), help="Language of sentences; else the locale's."
    )(function)


def _note_debug(context: click.Context, _option: click.Parameter, debug: bool) -> None:
    before = context.find_object(Output)
    if debug and before is not None:
        before.debug = True


def writing(function: F) -> F:
    """`--by`, for verbs that write."""
    return click.option(
        "--by", help="Who does this, for the journal (else TOCSIN_BY, else the system's user)."
    )(function)


def output_of(context: click.Context, *, as_json: bool, lang: str | None) -> Output:
    """How this verb answers."""
    before = context.find_object(Output)
    return Output(as_json=as_json, lang=lang, debug=bool(before and before.debug))


def open_case(folder: Path, by: str | None, *, read_only: bool = False) -> Case:
    """Raises what `Case` raises."""
    return Case(folder, by=name_actor(by), read_only=read_only)


def name_actor(by: str | None = None) -> str:
    """Who does this: as given, else TOCSIN_BY, which `main` sets to the system's user where it is missing."""
    return by or os.environ.get("TOCSIN_BY") or "unknown"
