# SPDX-License-Identifier: Apache-2.0
"""The look at one account in a minute: what the terminal says, and what stands first on the page."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.words import Words, _
from tocsin.first.facts import AccountLook, Look
from tocsin.first.sentences import (
    Speaker,
    alone_phrase,
    asked_phrases,
    ends,
    outcome_phrase,
    place_count_phrase,
    requests_phrase,
    shared_exit_phrase,
    siblings_phrase,
    standing_phrase,
)
from tocsin.first.vocabulary import MEASURES
from tocsin.report.facts import Fact

FAR = 0.99
"""A rank is told in the summary from that share of accounts below on."""

FAR_TOLD = 5
"""Ranks that the summary tells; the page has all."""


def brief(speaker: Speaker, look: Look, found: AccountLook) -> list[Fact]:
    """The result in a minute: label and text."""
    return [
        *_who(speaker, found),
        *_what(speaker, found),
        *_where(speaker, found),
        *_beside_others(speaker, found),
        *_holes(speaker, look),
    ]


def _who(speaker: Speaker, found: AccountLook) -> Iterator[Fact]:
    words, totals = speaker.words, found.totals
    named = [*(totals.names or []), *(totals.professional_ids or []), *(totals.organisations or [])]
    if named:
        yield Fact(words.text(_("In these logs")), words.listing(named))
    label = words.text(_("Still acting?"))
    for sentence in ends(speaker, found):
        yield Fact(label, sentence, alarm=found.may_still_act)


def _what(speaker: Speaker, found: AccountLook) -> Iterator[Fact]:
    words = speaker.words
    yield Fact(words.text(_("Acts")), outcome_phrase(speaker, found))
    if found.totals.sign_ins or found.totals.failed_sign_ins:
        yield Fact(
            words.text(_("Sign-ins")),
            words.text(
                _("{done} succeeded, {failed} failed"),
                done=found.totals.sign_ins,
                failed=found.totals.failed_sign_ins,
            ),
        )
    label = words.text(_("Asked for"))
    for text in asked_phrases(words, found):
        yield Fact(label, text)
    if found.requests:
        yield Fact(words.text(_("Requests")), requests_phrase(words, found.requests))


def _where(speaker: Speaker, found: AccountLook) -> Iterator[Fact]:
    words = speaker.words
    if found.sessions:
        yield Fact(
            words.text(_("Sessions")), words.plural("one session", "{n} sessions", found.sessions[0].total)
        )
    counted = [place_count_phrase(words, row) for row in found.place_counts]
    for text in counted:
        yield Fact(words.text(_("From where")), text)
    yield from _siblings(words, found)


def _siblings(words: Words, found: AccountLook) -> Iterator[Fact]:
    label = words.text(_("Siblings"))
    total = found.siblings[0].total_accounts if found.siblings else 0
    yield Fact(label, siblings_phrase(words, total))
    shared = shared_exit_phrase(words, found)
    if shared:
        yield Fact(label, shared)


def _beside_others(speaker: Speaker, found: AccountLook) -> Iterator[Fact]:
    words = speaker.words
    label = words.text(_("Beside the others"))
    far = [row for row in found.standings if row.accounts > 1 and row.below / (row.accounts - 1) >= FAR]
    for row in sorted(far, key=lambda row: list(MEASURES).index(row.measure))[:FAR_TOLD]:
        yield Fact(label, standing_phrase(words, row))
    if any(row.others == 0 for row in found.alone):
        yield Fact(label, alone_phrase(words, found.alone))


def _holes(speaker: Speaker, look: Look) -> Iterator[Fact]:
    words = speaker.words
    label = words.text(_("Holes"))
    if look.silences:
        row = look.silences[0]
        yield Fact(
            label,
            words.text(
                _("silences where these logs usually speak: {n}; the longest: {log}, {span}"),
                n=row.total,
                log=row.series,
                span=speaker.span(row.from_at, row.until_at),
            ),
            alarm=True,
        )
    if look.gaps:
        missing = sum(gap.missing or 0 for gap in look.gaps)
        yield Fact(
            label,
            words.text(
                _("breaks in the numbering of records: {n}; records missing: {missing}"),
                n=look.gaps[0].total,
                missing=missing,
            ),
            alarm=True,
        )
    if not look.silences and not look.gaps:
        yield Fact(label, words.text(_("none seen; a log without numbering can lose records unseen")))
