# SPDX-License-Identifier: Apache-2.0
"""What a text message costs: its alphabet and its segments; French reworded to stay in the short alphabet.

GSM 7 bit default alphabet and its extension: 3GPP TS 23.038, section 6.2.1; one character of the extension
counts twice. One outside of both puts the whole message into UCS-2. Segments: 160 septets, or 153 each of
several; 70 and 67 in UCS-2 (TS 23.040, section 9.2.3.24.1).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("\f^{}\\[~]|€")

REWORDED: Final = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "« ": '"',
    " »": '"',
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "…": "...",
    "–": "-",
    "—": "-",
    "\u2011": "-",
    "œ": "oe",
    "Œ": "OE",
    "n°": "no",
    "N°": "No",
    "•": "-",
}
"""As French is typed on a telephone; spaces that do not break become plain ones before."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A message as it leaves."""

    text: str
    alphabet: str
    """`gsm7` or `ucs2`."""

    units: int
    """Septets, or units of 16 bits."""

    segments: int
    reworded: tuple[tuple[str, str], ...]
    """What stands there instead of what, each once, in the order of the text."""

    unfit: str
    """Characters that keep it in UCS-2: no rewording is known for them."""


def fit(text: str) -> Fitted:
    """The message in as few segments as its words allow. Letters and digits of ASCII are never changed."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    said, changes = _reworded(spaced)
    folded, more = _folded(said)
    unfit = "".join(dict.fromkeys(c for c in folded if not _is_gsm(c)))
    costs = [_units16(c) for c in folded] if unfit else [1 + (c in EXTENSION) for c in folded]
    single, several = (70, 67) if unfit else (160, 153)
    segments = 1 if sum(costs) <= single else _segments(costs, several)
    changed = tuple(dict.fromkeys((*changes, *more)))
    return Fitted(folded, "ucs2" if unfit else "gsm7", sum(costs), segments, changed, unfit)


def _reworded(text: str) -> tuple[str, list[tuple[str, str]]]:
    """By the table, longest first."""
    done: list[tuple[str, str]] = []
    for old in sorted(REWORDED, key=len, reverse=True):
        if old in text:
            done.append((old, REWORDED[old]))
            text = text.replace(old, REWORDED[old])
    return text, done


def _folded(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A letter that the alphabet lacks loses its accent when its bare form is ASCII; no other is touched."""
    done: list[tuple[str, str]] = []
    written = []
    for character in unicodedata.normalize("NFC", text):
        bare = unicodedata.normalize("NFD", character)[0]
        is_folded = not _is_gsm(character) and bare != character and bare.isascii()
        if is_folded:
            done.append((character, bare))
        written.append(bare if is_folded else character)
    return "".join(written), done


def _is_gsm(character: str) -> bool:
    return character in BASIC or character in EXTENSION


def _units16(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _segments(costs: Sequence[int], size: int) -> int:
    """How many segments hold these characters; none is cut in two."""
    segments, room = 1, size
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, size
        room -= cost
    return segments
