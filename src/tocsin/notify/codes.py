# SPDX-License-Identifier: Apache-2.0
"""The code of a notice: 75 random bits, from nothing about anybody, with a character that catches a slip.

Sixteen characters of Crockford's base 32 in four groups. What may be published is `published`: a truncated
SHA-256 of case and code, from which neither is found again.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's, without I, L, O and U (https://www.crockford.com/base32.html)."""

LENGTH: Final = 16
_RANDOM_BITS: Final = 75
_LOOKALIKES: Final = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\u00a0\u202f")
_DIGEST_BYTES: Final = 12


def make_code() -> str:
    """A new code, without its groups."""
    bits = secrets.randbits(_RANDOM_BITS)
    body = "".join(ALPHABET[bits >> shift & 31] for shift in range(_RANDOM_BITS - 5, -1, -5))
    return body + _check_character(body)


def grouped(code: str) -> str:
    """As it is printed: `7X2K-…`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """What somebody typed, as a code; None when it cannot be one."""
    code = typed.upper().translate(_LOOKALIKES)
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def published(case: str, code: str) -> str:
    """What a public list holds of a code: 24 hexadecimal digits."""
    return hashlib.sha256(f"{case}\0{code}".encode()).digest()[:_DIGEST_BYTES].hex()


def _check_character(body: str) -> str:
    """Luhn, modulo 32: every wrong character is seen, and every swap of neighbours but 0 with Z."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (1 if place % 2 else 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
