# SPDX-License-Identifier: Apache-2.0
"""What a person may have meant by a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tocsin.core.errors import Sentence
from tocsin.core.words import _

_MANY = 30


def suggest(word: str, known: Iterable[str]) -> Sentence:
    """The nearest known word, else those that there are: what `do` of an error takes."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if close:
        return Sentence(_("Did you mean '{nearest}'?"), {"nearest": close[0]})
    more = ["…"] if len(words) > _MANY else []
    return Sentence(_("Known: {known}."), {"known": ", ".join([*words[:_MANY], *more])})
