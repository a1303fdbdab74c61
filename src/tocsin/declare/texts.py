# SPDX-License-Identifier: Apache-2.0
"""Long texts of declarations in both languages, each a template filled with what a fact has found.

Templates stand in `texts/<language>/`; a value from a log is spelt out where it holds what no eye sees, and
nothing is escaped here: the page escapes the whole text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.core.words import LANGUAGES, Words, visible, words
from tocsin.declare.ground import Ground
from tocsin.report.codes import CATEGORIES, CEILING_REASONS
from tocsin.report.phrases import phrase, record_phrase, unit_phrase
from tocsin.report.sentences import between_phrase, headline, range_phrase

TICK: Final = timedelta(microseconds=1)


def tell(ground: Ground, name: str, **values: Any) -> dict[str, str]:  # noqa: ANN401  # what a template says
    """The text of that name in every language, its paragraphs parted by blank lines."""
    return {lang: render_text(lang, name, ground.zone, **values) for lang in LANGUAGES}


def render_text(lang: str, name: str, zone: str, **values: Any) -> str:  # noqa: ANN401
    """One text in one language."""
    template = _environment(lang).get_template(f"{name}.txt.j2")
    return tidy(template.render(zone=zone, **speech(words(lang), zone), **values))


def speech(spoken: Words, zone: str) -> dict[str, Any]:
    """What templates of declarations speak with, in one language."""
    return {
        "num": spoken.number,
        "share": spoken.share,
        "instant": lambda text: spoken.instant(as_instant(text), zone),
        "day": lambda text: spoken.day(as_instant(text), zone),
        "between": lambda first, last: between_phrase(spoken, as_instant(first), as_instant(last), zone),
        "whole_period": lambda since, until: between_phrase(
            spoken, as_instant(since), as_instant(until) - TICK, zone
        ),
        "until": lambda text: spoken.instant(as_instant(text) - TICK, zone),
        "last_day": lambda text: spoken.day(as_instant(text) - TICK, zone),
        "listing": spoken.listing,
        "cat": lambda code: phrase(spoken, CATEGORIES, code),
        "unit": lambda code: unit_phrase(spoken, code),
        "headline": lambda count: headline(spoken, count),
        "span": lambda count: range_phrase(spoken, count),
        "why": lambda code: phrase(spoken, CEILING_REASONS, code),
        "record": lambda name: record_phrase(spoken, name),
    }


def as_instant(text: str | datetime) -> datetime:
    """An instant as the report or a setting writes it."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def tidy(text: str) -> str:
    """Without the spaces and blank lines that a template leaves behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1]))


@cache
def _environment(lang: str) -> Environment:
    return Environment(
        loader=PackageLoader("tocsin.declare", f"texts/{lang}"),
        autoescape=False,  # noqa: S701  # plain text; the page escapes it whole
        undefined=StrictUndefined,
        finalize=lambda value: visible(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
