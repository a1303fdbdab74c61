# SPDX-License-Identifier: Apache-2.0
"""What a person may type next: `tocsin decide` for each account seen. Nothing is decided here."""

from __future__ import annotations

import shlex
from datetime import datetime

from tocsin.core.words import visible
from tocsin.hunt.indicators import Indicator, Kind
from tocsin.hunt.run import Answer

_OPTIONS = {
    Kind.ACCOUNT: "--account",
    Kind.SESSION: "--session",
    Kind.CLIENT: "--client",
    Kind.ADDRESS: "--address",
}


def decide_commands(answer: Answer, case: str) -> list[str]:
    """One command where the indicator itself selects, else one an account seen with it.

    A value that a terminal would not show as it is has none.
    """
    if answer.hits is None:
        return []
    one = answer.indicator
    chosen = _selection(one)
    selections = [chosen] if chosen else _seen_with(answer)
    return [
        _command(case, option, value, one)
        for option, value in selections
        if visible(value) == value and not value.startswith("-")
    ]


def _seen_with(answer: Answer) -> list[tuple[str, str]]:
    """The accounts, or where nobody was signed in the addresses."""
    accounts = [("--account", account) for account, _events in answer.accounts]
    return accounts or [("--address", address) for address, _events in answer.addresses]


def _selection(one: Indicator) -> tuple[str, str] | None:
    """What `decide` takes by itself: a single test of a kind that it knows, on a single value."""
    tests = one.tests
    if len(tests) != 1 or tests[0].low is not None or tests[0].kind not in _OPTIONS:
        return None
    return _OPTIONS[tests[0].kind], tests[0].value


def _command(case: str, option: str, value: str, one: Indicator) -> str:
    words = ["tocsin", "decide", case, option, value, "--verdict", "doubtful"]
    for name, instant in (("--from", one.from_at), ("--until", one.until_at)):
        words += [name, _iso(instant)] if instant is not None else []
    return shlex.join([*words, "--why", f"indicator {visible(one.name)}"])


def _iso(instant: datetime) -> str:
    return instant.isoformat()
