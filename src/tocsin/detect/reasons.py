# SPDX-License-Identifier: Apache-2.0
"""Reasons in words, in both languages, made in SQL: {code, values, fr, en} from one marked sentence.

A finding is read long after the run and by people of either language, so both sentences are kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.words import LANGUAGES, words
from tocsin.store.query import literal


def reason_sql(code: str, sentence: str, values: Mapping[str, str]) -> str:
    """A JSON object; `values` are the sentence's placeholders as SQL expressions."""
    pairs = ", ".join(f"{literal(name)}, {expression}" for name, expression in values.items())
    said = ", ".join(f"{literal(lang)}, {_said_sql(lang, sentence, values)}" for lang in LANGUAGES)
    return f"json_object('code', {literal(code)}, 'values', json_object({pairs}), {said})"


def _said_sql(lang: str, sentence: str, values: Mapping[str, str]) -> str:
    """The sentence in one language, its placeholders replaced row by row."""
    text = literal(words(lang).told(sentence, {}))
    for name, expression in values.items():
        text = f"replace({text}, {literal('{' + name + '}')}, coalesce(cast({expression} as varchar), '?'))"
    return text
