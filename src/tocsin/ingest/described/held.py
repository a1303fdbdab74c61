# SPDX-License-Identifier: Apache-2.0
"""The text that every line of a pattern holds, read off its regular expression.

A search for a text is many times as fast as a regular expression that fails: a line that does not hold it
need not be tried. What is not plain to see is not taken: the text is then shorter, or empty.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
_OPENING = re.compile(r"\((?:\?(?:P<\w+>|:))?")
_COUNTED = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")


def held_text(pattern: str) -> str:
    """The longest text outside all groups that a match must hold; empty where none is sure."""
    if re.compile(pattern).flags & (re.IGNORECASE | re.VERBOSE):
        return ""
    runs = [""]
    depth = at = 0
    while at < len(pattern):
        kind, piece = _piece(pattern, at)
        at += len(piece)
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth:
            continue
        elif piece == "|":
            return ""
        if kind == "counted":
            # What is repeated, or may be absent, is no part of the text.
            runs[-1:] = [runs[-1][:-1], ""]
        elif kind == "sign" and not depth:
            runs[-1] += piece.removeprefix("\\")
        else:
            runs.append("")
    return max(runs, key=len)


def _piece(pattern: str, at: int) -> tuple[str, str]:
    """What stands at a place of an expression: its kind, and its text."""
    if found := _ESCAPED.match(pattern, at):
        is_sign = len(found[0]) == 2 and not found[0][1].isalnum()
        return ("sign" if is_sign else "other"), found[0]
    if found := _CLASS.match(pattern, at):
        return "other", found[0]
    if found := _OPENING.match(pattern, at):
        return "open", found[0]
    if found := _COUNTED.match(pattern, at):
        return "counted", found[0]
    sign = pattern[at]
    kinds = {")": "close", "|": "other", ".": "other", "^": "other", "$": "other"}
    return kinds.get(sign, "sign"), sign
