# SPDX-License-Identifier: Apache-2.0
"""What a record cut short still says: its members that were read whole.

Only a pure cut is salvaged: text that is well formed as far as it goes. Text that is malformed in its
middle may be two records written over one another, so nothing is said of it.
"""

from __future__ import annotations

import json
import re

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_ATOM = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity")
_SPACE = re.compile(r"[ \t\r\n]*")
MAX_DEPTH = 64


class _Cut(Exception):  # noqa: N818  # a signal, not an error
    """The text ends here."""


class _Malformed(Exception):  # noqa: N818
    """The text is not JSON even as far as it goes."""


def close_json(text: str) -> str | None:
    """The JSON object made of the members read whole before the cut; None when it was not merely cut."""
    try:
        found, at = _object(text, _space(text, 0), 0)
    except _Malformed:
        return None
    except _Cut as cut:
        partial = cut.args[0] if cut.args else None
        return json.dumps(partial, ensure_ascii=False) if partial else None
    # A whole object followed by something is malformed, not cut.
    return None if text[at:].strip() else json.dumps(found, ensure_ascii=False)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _object(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    if at >= len(text):
        raise _Cut
    if text[at] != "{" or depth > MAX_DEPTH:
        raise _Malformed
    members: dict[str, object] = {}
    at = _space(text, at + 1)
    if at < len(text) and text[at] == "}":
        return members, at + 1
    while True:
        try:
            key, at = _string(text, at)
            if key in members:
                # Which of the two holds, nobody can say.
                raise _Malformed
            at = _expect(text, _space(text, at), ":")
            value, at = _value(text, _space(text, at), depth + 1)
            at = _space(text, at)
            if at >= len(text):
                _keep_if_closed(members, key, value, text)
                raise _Cut  # noqa: TRY301  # the same end as that of a member
        except _Cut as cut:
            if cut.args and cut.args[0]:
                members.setdefault(key, cut.args[0])
            raise _Cut(members) from None
        members.setdefault(key, value)
        if text[at] == "}":
            return members, at + 1
        if text[at] != ",":
            raise _Malformed
        at = _space(text, at + 1)


def _keep_if_closed(members: dict[str, object], key: str, value: object, text: str) -> None:
    """A string, list or object at the very end is whole, since it closes itself; a number may go on."""
    if text.rstrip()[-1:] in ('"', "]", "}"):
        members.setdefault(key, value)


def _value(text: str, at: int, depth: int) -> tuple[object, int]:
    if at >= len(text):
        raise _Cut
    if text[at] == '"':
        return _string(text, at)
    if text[at] == "{":
        return _object(text, at, depth)
    if text[at] == "[":
        return _list(text, at, depth)
    found = _ATOM.match(text, at)
    if not found:
        raise (_Cut if re.fullmatch(r"-|t|tr|tru|f|fa|fal|fals|n|nu|nul", text[at:]) else _Malformed)
    try:
        return json.loads(found[0]), found.end()
    except ValueError:
        raise _Malformed from None


def _list(text: str, at: int, depth: int) -> tuple[list[object], int]:
    if depth > MAX_DEPTH:
        raise _Malformed
    items: list[object] = []
    at = _space(text, at + 1)
    if at < len(text) and text[at] == "]":
        return items, at + 1
    while True:
        try:
            value, at = _value(text, at, depth + 1)
        except _Cut:
            raise _Cut from None  # a list cut short is not whole: none of it is kept
        items.append(value)
        at = _space(text, at)
        if at >= len(text):
            raise _Cut
        if text[at] == "]":
            return items, at + 1
        if text[at] != ",":
            raise _Malformed
        at = _space(text, at + 1)


def _string(text: str, at: int) -> tuple[str, int]:
    if at >= len(text):
        raise _Cut
    found = _STRING.match(text, at)
    if not found:
        # An opening quote without its end is a cut, unless a control character stands in it.
        is_cut = text[at] == '"' and not re.search(r"[\x00-\x1f]", text[at:])
        raise _Cut if is_cut else _Malformed
    try:
        value = json.loads(found[0])
        value.encode()  # half of a pair of escapes (\\ud800) is a character of nothing
    except ValueError:
        raise _Malformed from None
    return value, found.end()


def _expect(text: str, at: int, sign: str) -> int:
    if at >= len(text):
        raise _Cut
    if text[at] != sign:
        raise _Malformed
    return at + 1
