# SPDX-License-Identifier: Apache-2.0
"""Keys of French identifiers, one value at a time: what the SQL of `profiles.kinds` is held to.

NIR and INS: 97 - (N mod 97), 2A counting as 19 and 2B as 18 (INSEE); RPPS, FINESS, SIREN: Luhn (ISO/IEC
7812-1, annex B); IBAN: ISO 13616, mod 97.
"""

from __future__ import annotations

import re

_NIR = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-3]\d|4[0-2]|[5-9]\d)(?:\d\d|2[AB])\d{6}", re.ASCII)


def nir_number(text: str) -> int | None:
    """The thirteen characters as the number that the key is made of; None when they have not that form."""
    if not _NIR.fullmatch(text[:13]):
        return None
    corsican = {"2A": "19", "2B": "18"}.get(text[5:7], text[5:7])
    return int(text[:5] + corsican + text[7:13])


def nir_key(text: str) -> int | None:
    """The key that goes with the first thirteen characters, 1 to 97."""
    number = nir_number(text)
    return None if number is None else 97 - number % 97


def nir_holds(text: str) -> bool:
    """Whether fifteen characters are a NIR with its right key."""
    return len(text) == 15 and text[13:].isdecimal() and nir_key(text) == int(text[13:])


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check of those before."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_holds(text: str) -> bool:
    """Whether it is 1 modulo 97 once its first four characters stand behind."""
    if not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", text, re.ASCII):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1
