# SPDX-License-Identifier: Apache-2.0
"""Finds a figure in report.json by its dotted path, and says whether it is the expected one.

Category names and claim ids hold dots themselves, so a path is matched against the keys that are
there, the longest first. Only reads; computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

SELECTORS = ("source", "unit", "id", "account", "rank")
"""Keys by which an object in a list is named in a path."""

SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Between:
    """A count that rests on probabilities: anything from `least` to `most`, both included."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least} – {self.most}"


def find_figure(node: object, path: str) -> object:
    """Give the value at `path`, or None when it is not there."""
    if path == "":
        return node
    for name, child in sorted(_children(node), key=lambda pair: -len(pair[0])):
        if path == name:
            return child
        if path.startswith(name + "."):
            found = find_figure(child, path[len(name) + 1 :])
            if found is not None:
                return found
    return None


def agree(expected: object, found: object) -> bool:
    """Tell whether a figure is the expected one; shares within 1e-9, instants as instants."""
    if isinstance(expected, tuple):
        return any(agree(one, found) for one in expected)
    if isinstance(found, bool) or found is None:
        return False
    if isinstance(expected, Between):
        return isinstance(found, int) and expected.least <= found <= expected.most
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return abs(expected - found) <= SHARE_TOLERANCE
    if isinstance(expected, str) and isinstance(found, str):
        return expected == found or _instant(expected) == _instant(found) is not None
    return expected == found


def _children(node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, dict):
        yield from ((str(key), value) for key, value in node.items())
    elif isinstance(node, list):
        for item in node:
            if isinstance(item, dict):
                yield from ((str(item[key]), item) for key in SELECTORS if key in item)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
