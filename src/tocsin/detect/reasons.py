# SPDX-License-Identifier: Apache-2.0
"""Reasons in words, in both languages, made in SQL: {code, values, fr, en} from one marked sentence.

A finding is read long after the run and by people of either language, so both sentences are kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel.dates import get_month_names

from tocsin.core.words import LANGUAGES, words
from tocsin.store.query import literal


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value that each language writes in its own way."""

    value: str
    """SQL, as `values` keep it."""

    said: Mapping[str, str]
    """Language: SQL of a text."""


Value = str | Spoken
"""A placeholder's value: SQL that is written alike in both languages, or one that is not."""


def reason_sql(code: str, sentence: str, values: Mapping[str, Value]) -> str:
    """A JSON object; `values` are the sentence's placeholders as SQL expressions."""
    kept = {name: v.value if isinstance(v, Spoken) else v for name, v in values.items()}
    pairs = ", ".join(f"{literal(name)}, {expression}" for name, expression in kept.items())
    said = ", ".join(f"{literal(lang)}, {_said_sql(lang, sentence, values)}" for lang in LANGUAGES)
    return f"json_object('code', {literal(code)}, 'values', json_object({pairs}), {said})"


def decimal_said(expression: str) -> Spoken:
    """A number with decimals: `45,5` in French."""
    text = f"cast({expression} as varchar)"
    return Spoken(expression, {"fr": f"replace({text}, '.', ',')", "en": text})


def day_said(expression: str, zone: str) -> Spoken:
    """An instant as the day that it is in that zone: `20 mars 2024`; `values` have it as 2024-03-20."""
    there = f"timezone({literal(zone)}, {expression})"
    return Spoken(f"strftime({there}, '%Y-%m-%d')", {lang: _day_sql(there, lang) for lang in LANGUAGES})


def instant_said(expression: str, zone: str) -> Spoken:
    """An instant in that zone, to the minute; `values` have it in UTC."""
    there = f"timezone({literal(zone)}, {expression})"
    clocks = {"fr": f"' à ' || strftime({there}, '%H h %M')", "en": f"' at ' || strftime({there}, '%H:%M')"}
    return Spoken(
        f"strftime(timezone('UTC', {expression}), '%Y-%m-%dT%H:%M:%SZ')",
        {lang: f"{_day_sql(there, lang)} || {clocks[lang]}" for lang in LANGUAGES},
    )


def _day_sql(there: str, lang: str) -> str:
    months = ", ".join(literal(name) for _number, name in sorted(get_month_names(locale=lang).items()))
    first = f"case when day({there}) = 1 then '1er' else cast(day({there}) as varchar) end"
    day = first if lang == "fr" else f"cast(day({there}) as varchar)"
    return f"{day} || ' ' || list_extract([{months}], month({there})) || ' ' || year({there})"


def _said_sql(lang: str, sentence: str, values: Mapping[str, Value]) -> str:
    """The sentence in one language, its placeholders replaced row by row."""
    text = literal(words(lang).told(sentence, {}))
    for name, value in values.items():
        expression = value.said[lang] if isinstance(value, Spoken) else value
        text = f"replace({text}, {literal('{' + name + '}')}, coalesce(cast({expression} as varchar), '?'))"
    return text
