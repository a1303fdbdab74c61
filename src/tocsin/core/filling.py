# SPDX-License-Identifier: Apache-2.0
"""Fills the placeholders of a sentence; a word may agree with a number of the same sentence.

`{count} {count:hole|holes}` takes the word before the bar for one thing, and in French for none. So a
sentence with several numbers, or one kept with its values to be said later, is right for each of them.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Final

_SINGULAR: Final = {"en": ("1",), "fr": ("0", "1")}


class _Filling(string.Formatter):
    def __init__(self, lang: str) -> None:
        self._singular = _SINGULAR[lang]

    def format_field(self, value: object, format_spec: str) -> str:
        """The value, or the word that agrees with it."""
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if str(value) in self._singular else many


def fill(sentence: str, values: Mapping[str, object], lang: str) -> str:
    """The sentence of that language with its values. Raises KeyError, IndexError or ValueError for a hole."""
    return _Filling(lang).vformat(sentence, (), values)
