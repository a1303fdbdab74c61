# SPDX-License-Identifier: Apache-2.0
"""`report.html`: one file for people, in French and English, that asks nothing of the network.

Plain HTML, one style sheet and pictures inside; no script; a content policy that allows nothing else.
Every value is escaped, and control characters are spelt out: a name taken from a log stays a name.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import msgspec
from markupsafe import Markup

from tocsin.core.words import LANGUAGES, Words, _, pick_language, words
from tocsin.report import (
    charts,
    clock_notes,
    codes,
    coverage_notes,
    facts,
    notes,
    past_notes,
    phrases,
    sentences,
    statements,
    thief_notes,
)
from tocsin.report.reading import Count, Report, read_report
from tocsin.report.templating import page_environment


@dataclass(frozen=True)
class Part:
    """A section of the page: its template and anchor, its title, and when the report has it."""

    key: str
    title: str
    is_there: Callable[[Report], bool]


def _has_extent(report: Report) -> bool:
    others = set(report.counts) - {"persons"}
    controllers = report.controllers is not None and report.controllers.count > 0
    return bool(others or report.shares or report.modifications or controllers)


def _has_witnesses(report: Report) -> bool:
    seen, clocks = report.witnesses, report.clocks
    return bool(seen.acts or seen.unjoined or clocks.skews or clocks.files)


def _has_questions(report: Report) -> bool:
    return bool(report.open_questions or report.what_would_change)


PARTS: Final = (
    Part("categories", _("Which data"), lambda report: bool(report.categories)),
    Part("timeline", _("When"), lambda report: bool(report.timeline)),
    Part("accounts", _("Through which accounts"), lambda report: bool(report.accounts)),
    Part("campaigns", _("Accounts in one thief's hands"), lambda report: bool(report.campaigns)),
    Part("sessions", _("Whose sessions"), lambda report: report.split.sessions.total > 0),
    Part("extent", _("Records, changes, controllers"), _has_extent),
    Part("certainty", _("How sure"), lambda report: bool(report.counts)),
    Part("claims", _("What is stated, and how firmly"), lambda report: bool(report.claims)),
    Part("scope", _("Where each access went"), lambda report: report.scope is not None),
    Part("witnesses", _("Several logs, one act"), _has_witnesses),
    Part("coverage", _("What the logs lack"), lambda report: bool(report.coverage)),
    Part("availability", _("Who could not work"), lambda report: bool(report.availability.outages)),
    Part("accounting", _("What was read"), lambda report: bool(report.accounting)),
    Part("questions", _("What waits for a person"), _has_questions),
    Part("inquirer", _("For the inquirer"), lambda _report: True),
)

LANGUAGE_NAMES: Final = {"fr": "Français", "en": "English"}


def render_html(
    report: Mapping[str, Any], *, lang: str = "fr", extra: Mapping[str, Any] | None = None
) -> str:
    """The whole page as text; `lang` is the language shown first, the other one is a click away.

    `report` is the parsed report.json, `extra` what `reading.Report` knows beyond the contract.
    Raises `InputError` when a part of the report has the wrong type, or no one wrote that language.
    """
    lang = pick_language(lang, {})
    read = read_report(report, extra)
    css = style_sheet()
    return (
        page_environment()
        .get_template("page.html.j2")
        .render(
            report=read,
            lang=lang,
            language_names=LANGUAGE_NAMES,
            css=Markup(css),  # noqa: S704  # our own file, read whole; nothing from outside is in it
            css_digest=b64encode(sha256(css.encode()).digest()).decode(),
            tongues=[
                _tongue(words(language), read) for language in sorted(LANGUAGES, key=lambda one: one != "fr")
            ],
        )
    )


@cache
def style_sheet() -> str:
    """The one style sheet, as it stands in the page and in its policy's digest."""
    return files("tocsin.report").joinpath("templates/report.css").read_text(encoding="utf-8")


def _tongue(spoken: Words, report: Report) -> dict[str, object]:
    """One language of the page, rendered."""
    said = _vocabulary(spoken, report)
    return {
        "lang": spoken.lang,
        "body": Markup(page_environment().get_template("body.html.j2").render(said)),  # noqa: S704  # escaped there
        "foot": spoken.text(_("Made by Tocsin from the logs of this case; this file calls no network.")),
    }


def _vocabulary(spoken: Words, report: Report) -> dict[str, object]:
    """What the templates speak with: the report, sentences, figures and instants of one language."""
    brief = facts.brief(report, spoken)
    return {
        "report": report,
        "lang": spoken.lang,
        "words": spoken,
        "t": spoken.text,
        "tn": spoken.plural,
        "num": spoken.number,
        "instant": lambda at: spoken.instant(at, report.zone),
        "exact": exact_text,
        "summary": facts.summarise(report, spoken),
        "brief": [(label, list(lines)) for label, lines in groupby(brief, key=lambda fact: fact.label)],
        "parts": [part for part in PARTS if part.is_there(report)],
        "hypotheses": statements.hypothesis_labels(spoken, report.claims),
        "sums_right": all(source.adds_up for source in report.accounting),
        "category_counts": [row.persons for row in report.categories.values()],
        "extent_rows": _extent_rows(spoken, report),
        "controllers": notes.controller_rows(spoken, report),
        "asides": [*notes.set_apart_lines(spoken, report), *past_notes.past_lines(spoken, report)],
        "gaps": notes.gap_lines(spoken, report),
        "clock_files": clock_notes.file_lines(spoken, report),
        "clock_notes": clock_notes,
        "coverage_notes": coverage_notes,
        "codes": codes,
        "phrases": phrases,
        "sentences": sentences,
        "statements": statements,
        "facts": facts,
        "notes": notes,
        "thief_notes": thief_notes,
        "charts": charts,
    }


def _extent_rows(spoken: Words, report: Report) -> list[tuple[str, Count]]:
    """Every unit that is not a person, then what was modified."""
    units = [
        (phrases.unit_phrase(spoken, unit), count)
        for unit, count in report.counts.items()
        if unit != "persons"
    ]
    changed = [
        (facts.modified_name(spoken, kind), facts.open_changes(count))
        for kind, count in report.modifications.items()
    ]
    return [*units, *changed]


def exact_text(value: object) -> str:
    """A value as report.json writes it, for those who compare: no rounding, no spaces."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
