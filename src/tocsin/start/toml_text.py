# SPDX-License-Identifier: Apache-2.0
"""Writes values as TOML 1.0: texts, truths, numbers, instants, lists and inline tables, nothing else.

Reading is the standard library's. Text of any kind comes out as one line that TOML reads back to the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.core.words import visible

Plain = str | bool | int | float | datetime | Sequence["Plain"] | Mapping[str, "Plain"]


def toml_value(value: Plain) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml_value(held)}" for key, held in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return "[" + ", ".join(map(toml_value, value)) + "]"


def toml_key(key: str) -> str:
    """A key, quoted where it must be."""
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else _text(key)


def comment(text: str) -> str:
    """Words as a comment: no character in them can end it."""
    return "# " + visible(text)


def _text(text: str) -> str:
    """JSON's escapes are TOML's, but for DEL and lone halves of characters."""
    held = text.encode("utf-8", "replace").decode()
    return json.dumps(held, ensure_ascii=False).replace("\x7f", "\\u007F")
