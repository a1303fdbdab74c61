# SPDX-License-Identifier: Apache-2.0
"""The code of a notice: 75 random bits, from nothing about anybody, with a character that catches a slip.

Sixteen characters of Crockford's base 32 in four groups. How a code is read, and what is published of it,
stands in the verifier, which everybody runs.
"""

from __future__ import annotations

import secrets
from typing import Final

from tocsin.notify.genuine.verify_notice import ALPHABET, check_character

_RANDOM_BITS: Final = 75


def make_code() -> str:
    """A new code, without its groups."""
    bits = secrets.randbits(_RANDOM_BITS)
    body = "".join(ALPHABET[bits >> shift & 31] for shift in range(_RANDOM_BITS - 5, -1, -5))
    return body + check_character(body)


def grouped(code: str) -> str:
    """As it is printed: `7X2K-…`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
