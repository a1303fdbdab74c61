# SPDX-License-Identifier: Apache-2.0
"""When two ways of writing a request are the same: a template's path, and that of a schema or of a recording.

All are lists of segments without the empty ones; a token of ours or a `{parameter}` stands for one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

METHODS: Final = {
    "read": ("get", "head"),
    "list": ("get", "head", "post"),
    "search": ("get", "head", "post"),
    "create": ("post", "put"),
    "update": ("put", "patch", "post"),
    "delete": ("delete",),
    "export": ("get", "post"),
    "download": ("get", "post"),
    "upload": ("post", "put"),
}
"""HTTP methods by which an action is asked for; another action may be any of them."""

_DEEP: Final = "**"


def segments_of(path: str) -> list[str]:
    """The segments of a path, percent-decoded."""
    return [unquote(part) for part in path.split("/") if part]


def segments_of_url(url: str) -> list[str]:
    """The segments of a URL's path; none for what is no URL."""
    try:
        return segments_of(urlsplit(url).path)
    except ValueError:
        return []


def fits(template: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether a request (`asked`, as sent) is one of the template's."""
    if template and template[-1] == _DEEP:
        return len(asked) >= len(template) and fits(template[:-1], asked[: len(template) - 1])
    return len(template) == len(asked) and all(
        is_token(ours) or ours == theirs for ours, theirs in zip(template, asked, strict=True)
    )


def describes(schema: Sequence[str], template: Sequence[str]) -> int | None:
    """How many fixed segments a schema's path shares with a template; None when they are not of one request.

    A parameter of the schema stands for anything that the template holds there; what is fixed in the schema
    must be fixed in the template, and the same.
    """
    if len(schema) != len(template):
        return None
    same = 0
    for theirs, ours in zip(schema, template, strict=True):
        if _is_parameter(theirs):
            continue
        if theirs != ours:
            return None
        same += 1
    return same


def is_token(segment: str) -> bool:
    """Whether a segment of a template stands for many."""
    return segment in ("*", _DEEP) or (segment.startswith("{") and segment.endswith("}"))


def may_be(action: str, method: str) -> bool:
    """Whether an action is asked for by this HTTP method."""
    methods = METHODS.get(action)
    return methods is None or method.lower() in methods


def _is_parameter(segment: str) -> bool:
    return "{" in segment and "}" in segment
