# SPDX-License-Identifier: Apache-2.0
"""A code of the report in plain words; nothing is hidden for want of a word.

A sentence that a stage gives as `{"code", "values"}` or in both languages is said here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.core.errors import TocsinError
from tocsin.core.words import Words, _
from tocsin.report.coded import coded_sentence
from tocsin.report.codes import RECORDS, UNITS, VALUES_IN_CODE


def phrase(words: Words, table: Mapping[str, str], code: str) -> str:
    """The words of a code, or the code itself where none are written."""
    return words.text(table[code]) if code in table else code


def record_phrase(words: Words, name: str) -> str:
    """The plural name of a kind of record: `appointment` is `appointments`."""
    return phrase(words, RECORDS, name)


def unit_phrase(words: Words, unit: str) -> str:
    """The plural name of a unit: `records:appointment` is `appointments`."""
    kind, _separator, name = unit.partition(":")
    return record_phrase(words, name) if name else phrase(words, UNITS, kind)


def probability_phrase(words: Words, p: float | None) -> str:
    """A probability in words and in figures; what is not certain never reads 1."""
    if p is None:
        return words.text(_("not assessed"))
    return words.text(
        _("{likely} (p\u00a0{figure})"), likely=words.text(_likelihood(p)), figure=_p_figure(words, p)
    )


def _likelihood(p: float) -> str:
    steps = (
        (1.0, _("held for certain")),
        (0.99, _("almost certain")),
        (0.9, _("very probable")),
        (0.5, _("more probable than not")),
        (0.1, _("rather improbable")),
    )
    return next((word for least, word in steps if p >= least), _("improbable"))


def _p_figure(words: Words, p: float) -> str:
    if 0.9995 <= p < 1:
        return ">\u00a0" + words.number(0.999)
    if 0 < p < 0.0005:
        return "<\u00a0" + words.number(0.001)
    return "=\u00a0" + words.number(round(p, 3))


def say(words: Words, said: str | Mapping[str, Any]) -> str:
    """A sentence that came with the report: text, `{"fr", "en"}`, `{"text"}` or `{"code", "values"}`."""
    if isinstance(said, str):
        return _say_coded(words, said, {})
    for key in (words.lang, "text"):
        if key in said:
            return say(words, said[key]) if isinstance(said[key], Mapping) else str(said[key])
    code = str(said.get("code", said.get("id", "")))
    values = said.get("values") or {}
    return _say_coded(words, code, values if isinstance(values, Mapping) else {"values": values})


def _say_coded(words: Words, code: str, values: Mapping[str, Any]) -> str:
    spoken = {str(name): _spoken(words, str(name), value) for name, value in values.items()}
    sentence = coded_sentence(code, values)
    if sentence is not None:
        try:
            return words.text(sentence, **spoken)
        except TocsinError:
            pass  # a report of another version has other values: they are listed
    detail = words.listing(f"{name} {value}" for name, value in spoken.items())
    return f"{code} ({detail})" if detail else code


def _spoken(words: Words, name: str, value: object) -> str:
    """A value of a coded sentence: numbers and lists in the language's way, codes in plain words."""
    if name in ("from", "until"):
        return _bound(words, value)
    if isinstance(value, list | tuple):
        return words.listing(_spoken(words, name, item) for item in value)
    if isinstance(value, Mapping):
        return words.listing(f"{key} {_spoken(words, name, item)}" for key, item in value.items())
    return _scalar(words, name, value)


def _scalar(words: Words, name: str, value: object) -> str:
    if isinstance(value, bool) or value is None:
        return words.text({True: _("yes"), False: _("no"), None: _("not stated")}[value])
    if name == "share" and isinstance(value, float):
        return words.share(value)
    if isinstance(value, int | float):
        return words.number(value)
    return phrase(words, VALUES_IN_CODE.get(name, {}), str(value))


def _bound(words: Words, value: object) -> str:
    """A bound of a period, in UTC; a missing one is open."""
    if value is None:
        return words.text(_("an open bound"))
    try:
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return str(value)
    return f"{words.instant(at, 'UTC')} (UTC)"
