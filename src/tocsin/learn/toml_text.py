# SPDX-License-Identifier: Apache-2.0
"""Writes one [[shows]] as TOML, so that the settings loader reads back the same rule.

Texts come from logs: every sign that TOML, a terminal or an editor would obey is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from tocsin.core.settings import Rule

_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def rule_lines(rule: Rule, notes: Mapping[str, str]) -> list[str]:
    """The lines of a rule; `notes` are keys of ours that begin with `x-`, put first."""
    lines = ["[[shows]]", *(f"{key} = {text_toml(text)}" for key, text in notes.items())]
    for field in msgspec.structs.fields(type(rule)):
        value = getattr(rule, field.name)
        is_unset = value is None or (value == field.default and field.name != "categories") or value == {}
        if not is_unset:
            lines.append(f"{field.encode_name} = {value_toml(value)}")
    return lines


def value_toml(value: object) -> str:
    """A value as TOML: a text, a truth, an instant in UTC, a list, an inline table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000Z", "Z")
    if isinstance(value, Mapping):
        pairs = (f"{text_toml(str(key))} = {value_toml(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, msgspec.Struct):
        given = {
            field.encode_name: inner
            for field in msgspec.structs.fields(type(value))
            if (inner := getattr(value, field.name)) is not None
        }
        return value_toml(given)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(value_toml(item) for item in value)}]"
    return text_toml(str(value))


def text_toml(text: str) -> str:
    """A basic string; what is not plain to see is written by its number."""
    return '"' + "".join(_sign(letter) for letter in text) + '"'


def comment_line(text: str) -> str:
    """One line of comment, whatever the text holds."""
    return "# " + "".join(letter if letter.isprintable() else _sign(letter) for letter in text)


def _sign(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    point = ord(letter)
    if 0xD800 <= point <= 0xDFFF:
        return "\\uFFFD"  # half a character: TOML has no way to write it
    return f"\\u{point:04X}" if point <= 0xFFFF else f"\\U{point:08X}"
