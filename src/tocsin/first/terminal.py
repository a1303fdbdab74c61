# SPDX-License-Identifier: Apache-2.0
"""One page in a terminal: what a tired person reads first, then short lists; nothing of a log acts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby

from tocsin.core.words import Words, _, visible
from tocsin.first.brief import brief
from tocsin.first.facts import AccountLook, Look
from tocsin.first.sentences import (
    Speaker,
    alone_value,
    cover_phrase,
    headline,
    unsaid_lines,
)
from tocsin.first.vocabulary import ACTIONS, ALONE, PLACES
from tocsin.report.phrases import phrase

ROWS = 5
"""Of each list; the page and `--json` have more."""

WIDTH = 100
"""Signs of a line of words."""

WIDEST = 64
"""Signs of one value in a list."""


def look_lines(words: Words, look: Look) -> list[str]:
    """Every account of the look, one after the other."""
    speaker = Speaker(words, look.zone)
    lines = [cover_phrase(speaker, look)]
    for found in look.accounts:
        lines += ["", *_account_lines(speaker, look, found)]
    return [visible(line) for line in lines]


def _account_lines(speaker: Speaker, look: Look, found: AccountLook) -> list[str]:
    words = speaker.words
    head = headline(speaker, found)
    return [
        head,
        "=" * min(len(visible(head)), 78),
        *_brief_lines(speaker, look, found),
        *_listed(words, _("Most of what it asked for"), _requests(words, found), _total(found.requests)),
        *_listed(words, _("Latest sessions"), _sessions(speaker, found), _total(found.sessions)),
        *_listed(words, _("Where it acted from"), _places(words, found)),
        *_listed(words, _("Other accounts seen there"), _siblings(words, found), _total(found.siblings)),
        *_listed(
            words,
            _("What no other account does, or nearly none"),
            _alone(speaker, found),
            _total(found.alone),
        ),
        "",
        words.text(_("What these logs cannot tell")),
        *(part for line in unsaid_lines(words, found) for part in _wrapped(line, "  - ", "    ")),
    ]


def _total(rows: Sequence[object]) -> int:
    return int(getattr(rows[0], "total", len(rows))) if rows else 0


def _brief_lines(speaker: Speaker, look: Look, found: AccountLook) -> Iterable[str]:
    facts = brief(speaker, look, found)
    width = max(len(fact.label) for fact in facts) + 2
    for label, group in groupby(facts, key=lambda fact: fact.label):
        for place, fact in enumerate(group):
            yield from _wrapped(fact.text, f"{label if place == 0 else '':{width}}", " " * width)


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        visible(text), WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )


def _listed(words: Words, title: str, rows: list[list[str]], total: int = 0) -> list[str]:
    if not rows:
        return []
    cut = [[_cut(visible(cell)) for cell in row] for row in (rows[:ROWS] if total else rows)]
    widths = [max(len(row[at]) for row in cut) for at in range(len(cut[0]))]
    lines = [
        "  " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in cut
    ]
    more = [words.text(_("  … and {n} more"), n=total - ROWS)] if total > ROWS else []
    return ["", words.text(title), *(line.rstrip() for line in lines), *more]


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _requests(words: Words, found: AccountLook) -> list[list[str]]:
    return [
        [
            words.share(round(row.events / found.totals.events, 3)),
            words.number(row.events),
            phrase(words, ACTIONS, row.action),
            (row.template or "–") + (f"?{row.parameters}" if row.parameters else ""),
        ]
        for row in found.requests
    ]


def _sessions(speaker: Speaker, found: AccountLook) -> list[list[str]]:
    words = speaker.words
    return [
        [
            speaker.short(row.first_at),
            speaker.short(row.last_at),
            words.plural("one act", "{n} acts", row.events),
            words.plural("one failure", "{n} failures", row.failures),
            ", ".join([*row.addresses[:3], *(["…"] if row.addresses[3:] else [])]),
        ]
        for row in reversed(found.sessions)
    ]


def _places(words: Words, found: AccountLook) -> list[list[str]]:
    rows = [row for kind in PLACES for row in [row for row in found.places if row.kind == kind][:3]]
    return [
        [
            phrase(words, PLACES, row.kind),
            row.value,
            words.plural("one act", "{n} acts", row.events),
            shared_by(words, row.accounts),
        ]
        for row in rows
    ]


def shared_by(words: Words, accounts: int) -> str:
    """How many accounts use a place."""
    if accounts <= 1:
        return words.text(_("no other account"))
    return words.plural("one account in all", "{n} accounts in all", accounts)


def _siblings(words: Words, found: AccountLook) -> list[list[str]]:
    return [
        [row.account, phrase(words, PLACES, row.kind), row.value, shared_by(words, row.accounts)]
        for row in found.siblings
    ]


def _alone(speaker: Speaker, found: AccountLook) -> list[list[str]]:
    words = speaker.words
    return [
        [
            phrase(words, ALONE, row.kind),
            alone_value(speaker, row),
            words.plural("one act", "{n} acts", row.events),
            words.plural("one other account", "{n} other accounts", row.others)
            if row.others
            else words.text(_("no other account")),
        ]
        for row in found.alone
    ]
