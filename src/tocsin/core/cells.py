# SPDX-License-Identifier: Apache-2.0
"""A cell of a file that people open with a spreadsheet: nothing in it runs (OWASP, CSV injection)."""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_PARTED: Final = re.compile(r'([;\t\r\n])(?="*[=+\-@＝＋－＠])')
"""Where a formula would begin for a spreadsheet that parts cells at semicolons, as a French one does: it
reads no quotes within them."""


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take it for one."""
    return text.startswith(_BEGINNINGS)


def inert(text: str) -> str:
    """The text, an apostrophe before each place where a spreadsheet would see a formula begin."""
    parted = _PARTED.sub(r"\1'", text)
    return f"'{parted}" if is_formula(parted) else parted
