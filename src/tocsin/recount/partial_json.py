# SPDX-License-Identifier: Apache-2.0
"""What a JSON text cut in the middle still says whole.

A member counts as read whole when its value was closed: a text by its quote, a number by what
follows it. Everything after the break is unknown.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from tocsin.recount.values import Table

SPACES = " \t\r\n"
DEPTH = 200


class _KeyTwice(ValueError):  # noqa: N818
    """A key stands twice."""


class Twice(dict[str, object]):
    """An object that has a key twice: the first holds, and readers differ on that."""


def read_object(pairs: list[tuple[str, object]]) -> Table:
    found = dict(reversed(pairs))
    ordered = {key: found[key] for key, _ in pairs}
    return ordered if len(found) == len(pairs) else Twice(ordered)


def has_twice(value: object) -> bool:
    """Whether there is such an object in a value, however deep."""
    if isinstance(value, dict):
        return isinstance(value, Twice) or any(has_twice(one) for one in value.values())
    return isinstance(value, list) and any(has_twice(one) for one in value)


DECODER = json.JSONDecoder(parse_constant=str, object_pairs_hook=read_object)
"""`NaN` and `Infinity`, which many programs write, are read as their names."""


UNFINISHED = re.compile(r"-|t|tr|tru|f|fa|fal|fals|n|nu|nul|")


def is_merely_cut(text: str, error: ValueError | RecursionError) -> bool:
    """Whether a text is well formed as far as it goes.

    What is malformed in its middle may be two records written over one another: nothing is read of it.
    """
    if not isinstance(error, json.JSONDecodeError):
        return True
    rest = text[error.pos :].rstrip()
    if error.msg.startswith("Unterminated string"):
        return True
    if error.msg.startswith("Invalid \\u"):
        return '"' not in rest
    return UNFINISHED.fullmatch(rest) is not None


def read_whole_members(text: str) -> Table:
    """The members of the outermost object that were read whole, nested ones included."""
    found: Table = {}
    start = _skip(text, 0)
    try:
        if text[start : start + 1] == "{":
            _members(text, start + 1, found, 0)
    except _KeyTwice:
        return {}
    return {} if has_twice(found) else found


def ends_within_list(text: str) -> bool:
    """Whether a text was cut within a list: what it names is then more than what was read of it."""
    closers: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            try:
                _, at = scanstring(text, at + 1)
            except ValueError:
                break
            continue
        if text[at] in "[{":
            closers.append(text[at])
        elif text[at] in "]}" and closers:
            closers.pop()
        at += 1
    return "[" in closers


def _members(text: str, at: int, found: Table, depth: int) -> None:
    """Read members into `found`. Raises _KeyTwice: nothing is then to be said."""
    while depth < DEPTH:
        at = _skip(text, at)
        if text[at : at + 1] != '"':
            return
        try:
            key, at = scanstring(text, at + 1)
        except ValueError:
            return
        if key in found:
            raise _KeyTwice
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            return
        at = _member(text, key, _skip(text, at + 1), found, depth)
        if at < 0 or text[at : at + 1] != ",":
            return
        at += 1


def _member(text: str, key: str, at: int, found: Table, depth: int) -> int:
    """Read one value; gives where it ended, or -1 when the break is inside it."""
    try:
        value, end = DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        if text[at : at + 1] == "{":
            inner: Table = {}
            found[key] = inner
            _members(text, at + 1, inner, depth + 1)
        return -1
    end = _skip(text, end)
    if end >= len(text) and isinstance(value, int | float):
        return -1
    found[key] = value
    return end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at
