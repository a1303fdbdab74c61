# SPDX-License-Identifier: Apache-2.0
"""What these logs cannot tell of an account: said beside the rest, so that silence is no answer."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.first.facts import Told, Unsaid


def unsaid_of(told: Told) -> list[Unsaid]:
    """The codes, each with its figures; the words are in `sentences`."""
    return list(_codes(told))


def _codes(told: Told) -> Iterator[Unsaid]:
    if not told.with_person:
        yield Unsaid(code="no_persons")
    elif told.nameless:
        yield Unsaid(code="some_nameless", values={"n": told.nameless})
    if not told.with_address:
        yield Unsaid(code="no_addresses")
    if not told.with_device:
        yield Unsaid(code="no_devices")
    if not told.with_session:
        yield Unsaid(code="no_sessions")
    if not told.sign_ins:
        yield Unsaid(code="no_sign_ins")
    if told.unknown:
        yield Unsaid(code="unknown_outcomes", values={"n": told.unknown})
    if told.set_aside:
        yield Unsaid(code="set_aside", values={"n": told.set_aside, "own": told.own_set_aside})
    for code in ("content", "who", "elsewhere"):
        yield Unsaid(code=code)
