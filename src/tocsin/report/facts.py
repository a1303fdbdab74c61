# SPDX-License-Identifier: Apache-2.0
"""What is found, a line at a time: the result that the terminal and the head of the page share.

How many persons, which data, when, through which accounts, how sure, what could not be resolved, what
a person must still answer. Plain text of one language; how it is laid out is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from tocsin.core.words import Words, _
from tocsin.report.codes import BASES, CATEGORIES, CEILING_PARTS, DECLARED_CERTAINTIES, ORIGINS, VERDICTS
from tocsin.report.phrases import phrase, record_phrase, say, unit_phrase
from tocsin.report.reading import Account, CategoryCount, Count, Declared, Report
from tocsin.report.sentences import (
    account_phrase,
    accounting_phrase,
    ceiling_phrase,
    ceiling_reason_phrase,
    headline,
    range_phrase,
    scope_phrase,
    share_phrase,
    span_phrase,
    unresolved_phrase,
)
from tocsin.report.statements import claim_phrase, grade_phrase, hypothesis_labels, labels_of
from tocsin.report.thief_notes import campaign_line, persons_line, sessions_line

ACCOUNTS_SHOWN: Final = 5
CAMPAIGNS_SHOWN: Final = 3


@dataclass(frozen=True)
class Fact:
    """One line of the result: what it is about, and what is found."""

    label: str
    text: str
    alarm: bool = False
    """True where a person is needed: a sum that is not right, no upper bound, an open question."""


@dataclass(frozen=True)
class Row:
    """One category: its name, and at least, most likely, at most how many persons."""

    name: str
    floor: str
    best: str
    ceiling: str


@dataclass(frozen=True)
class Summary:
    """The whole result in words."""

    title: str
    headline: str
    rows: list[Row]
    facts: list[Fact]


def summarise(report: Report, words: Words) -> Summary:
    """The result in words; parts that the report lacks are left out."""
    persons = report.counts.get("persons")
    return Summary(
        title=" · ".join(part for part in (report.case, report.title) if part),
        headline=_headline(report, words, persons) + words.text(_(".")) if persons else "",
        rows=[_row(words, name, row.persons) for name, row in categories_by_size(report)],
        facts=[
            *_found(report, words),
            *_unsure(report, words),
            *_stated(report, words),
            *_asked(report, words),
        ],
    )


def _headline(report: Report, words: Words, persons: Count) -> str:
    if report.scope is not None and report.scope.events == 0 and persons.ceiling == 0:
        return words.text(
            _("No access in these logs is held to be illegitimate or doubtful yet: nobody was counted")
        )
    return headline(words, persons)


def categories_by_size(report: Report) -> list[tuple[str, CategoryCount]]:
    """Categories, the most exposed first."""
    return sorted(
        report.categories.items(), key=lambda item: (-item[1].persons.best, -item[1].persons.floor, item[0])
    )


def brief(report: Report, words: Words) -> list[Fact]:
    """The facts that a page says at its head: those that its own sections do not say better."""
    return [*_found(report, words), *_unresolved(report, words), *_claims(report, words)]


def _row(words: Words, category: str, count: Count) -> Row:
    return Row(
        name=phrase(words, CATEGORIES, category),
        floor=words.number(count.floor),
        best=words.number(count.best),
        ceiling=ceiling_phrase(words, count),
    )


def _found(report: Report, words: Words) -> Iterator[Fact]:
    """When, through whom, how much."""
    if report.period:
        period = span_phrase(words, report.period, report.zone)
        yield Fact(
            words.text(_("Period")), words.text(_("{period} ({zone})"), period=period, zone=report.zone)
        )
    yield from _accounts(report, words)
    yield from _thieves(report, words)
    for unit, count in report.counts.items():
        if unit != "persons":
            yield Fact(
                words.text(_("Extent")),
                words.text(
                    _("{unit}: {range}"), unit=unit_phrase(words, unit), range=range_phrase(words, count)
                ),
            )
    for share in report.shares:
        said = share_phrase(words, share)
        yield Fact(
            words.text(_("Share")),
            words.text(_("{unit}: {range}"), unit=unit_phrase(words, share.unit), range=said),
        )
    for kind, count in report.modifications.items():
        yield Fact(words.text(_("Changes")), modified_phrase(words, kind, count))
    if report.controllers and report.controllers.count:
        count_said = words.plural("one controller", "{n} controllers", report.controllers.count)
        yield Fact(words.text(_("Controllers")), count_said)


def modified_phrase(words: Words, kind: str, count: Count) -> str:
    """How many records were created, changed or deleted."""
    if count.ceiling == 0:
        return words.text(_("no change seen in what was read") if count.untold else _("no change seen"))
    said = range_phrase(words, open_changes(count))
    return words.text(_("{unit}: {range}"), unit=modified_name(words, kind), range=said)


def open_changes(count: Count) -> Count:
    """The count without a ceiling where something untold may hold other changes: nothing bounds these."""
    return replace(count, ceiling=None) if count.untold else count


def modified_name(words: Words, kind: str) -> str:
    """`appointments created, changed or deleted`; `records` stands for all kinds."""
    if kind == "records":
        return words.text(_("records created, changed or deleted"))
    return words.text(_("{records} created, changed or deleted"), records=record_phrase(words, kind))


def verdict_phrase(words: Words, account: Account) -> str:
    """`illegitimate, decided by a person`."""
    verdict = phrase(words, VERDICTS, account.verdict) if account.verdict else ""
    origin = phrase(words, ORIGINS, account.origin) if account.origin else ""
    return ", ".join(part for part in (verdict, origin) if part)


def _accounts(report: Report, words: Words) -> Iterator[Fact]:
    label = words.text(_("Accounts"))
    for account in report.accounts[:ACCOUNTS_SHOWN]:
        rank = f"{account.rank}. " if account.rank is not None else ""
        yield Fact(label, rank + account_phrase(words, account, verdict_phrase(words, account)))
    others = (report.accounts_total or len(report.accounts)) - ACCOUNTS_SHOWN
    if others > 0:
        yield Fact(label, words.plural("and one other account", "and {n} other accounts", others))


def _thieves(report: Report, words: Words) -> Iterator[Fact]:
    """Accounts that one thief holds, and whose the sessions are."""
    for campaign in report.campaigns[:CAMPAIGNS_SHOWN]:
        yield Fact(words.text(_("Campaigns")), campaign_line(words, campaign, report.zone))
    others = len(report.campaigns) - CAMPAIGNS_SHOWN
    if others > 0:
        said = words.plural("and one other campaign", "and {n} other campaigns", others)
        yield Fact(words.text(_("Campaigns")), said)
    if report.split.sessions.total:
        yield Fact(words.text(_("Whose sessions")), sessions_line(words, report.split))
        yield Fact(words.text(_("Whose sessions")), persons_line(words, report.split))


def _unsure(report: Report, words: Words) -> Iterator[Fact]:
    """How sure: what the ceiling is made of, what is not resolved, whether the sums are right."""
    persons = report.counts.get("persons")
    if persons:
        yield from _certainty(words, persons)
    for unit, declared in report.declared.items():
        yield Fact(words.text(_("To declare")), declared_phrase(words, unit, declared))
    yield from _unresolved(report, words)
    yield from _sums(report, words)


def _unresolved(report: Report, words: Words) -> Iterator[Fact]:
    if report.scope is None or not (report.unresolved or report.scope.unresolved):
        return
    said = words.plural("one access in scope", "{n} accesses in scope", report.scope.unresolved)
    rows = unresolved_phrase(words, report.unresolved)
    text = words.text(_("{said}: {rows}"), said=said, rows=rows) if rows else said
    yield Fact(words.text(_("Not resolved")), text)


def _sums(report: Report, words: Words) -> Iterator[Fact]:
    label = words.text(_("Accounted for"))
    if report.scope:
        right = report.scope.adds_up
        yield Fact(label, checked(words, scope_phrase(words, report.scope), right), alarm=not right)
    if report.accounting:
        right = all(source.adds_up for source in report.accounting)
        yield Fact(label, checked(words, accounting_phrase(words, report), right), alarm=not right)
    gaps = sum(len(source.gaps) for source in report.accounting)
    if gaps:
        yield Fact(
            words.text(_("Holes")), words.plural("one hole in the logs", "{n} holes in the logs", gaps)
        )


def checked(words: Words, sum_said: str, right: bool) -> str:
    """A sum, and whether it is right."""
    if right:
        return words.text(_("{sum}: the sum is right"), sum=sum_said)
    return words.text(_("{sum}: THE SUM IS WRONG"), sum=sum_said)


def declared_phrase(words: Words, unit: str, declared: Declared) -> str:
    """`17 persons (exact; from the best estimate)`."""
    figure = words.number(declared.value) if declared.value is not None else words.text(_("unknown"))
    return words.text(
        _("{unit}: {figure} ({certainty}; from {basis})"),
        unit=unit_phrase(words, unit),
        figure=figure,
        certainty=phrase(words, DECLARED_CERTAINTIES, declared.certainty),
        basis=phrase(words, BASES, declared.basis),
    )


def _certainty(words: Words, persons: Count) -> Iterator[Fact]:
    label = words.text(_("Certainty"))
    reason = ceiling_reason_phrase(words, persons)
    if reason:
        yield Fact(label, words.text(_("no upper bound: {reason}"), reason=reason), alarm=True)
    elif persons.ceiling_parts:
        yield Fact(label, ceiling_sum(words, persons))


def ceiling_sum(words: Words, persons: Count) -> str:
    """`39 at most = 19 named by the accesses + 13 by the accesses not resolved + …`."""
    parts = [
        f"{words.number(value)} {phrase(words, CEILING_PARTS, name)}"
        for name, value in persons.ceiling_parts.items()
        if value
    ]
    return words.text(
        _("{ceiling} at most = {parts}"), ceiling=ceiling_phrase(words, persons), parts=" + ".join(parts)
    )


def _stated(report: Report, words: Words) -> Iterator[Fact]:
    """The claims, each with its grade; then the hypotheses that proofs stand under."""
    yield from _claims(report, words)
    for text, label in hypothesis_labels(words, report.claims).items():
        yield Fact(words.text(_("Hypotheses")), words.text(_("{label}: {text}"), label=label, text=text))


def _claims(report: Report, words: Words) -> Iterator[Fact]:
    labels = hypothesis_labels(words, report.claims)
    for claim in report.claims:
        grade = grade_phrase(words, claim, labels_of(words, claim, labels))
        text = words.text(_("{claim} — {grade}"), claim=claim_phrase(words, claim), grade=grade)
        yield Fact(words.text(_("Statements")), text, alarm=claim.grade == "contradicted")


def _asked(report: Report, words: Words) -> Iterator[Fact]:
    """What waits for a person, and whether identities lie open."""
    for question in report.open_questions:
        yield Fact(words.text(_("To decide")), say(words, question), alarm=True)
    yield Fact(
        words.text(_("Secrecy")),
        secrecy_phrase(words, report.secrecy.sealed),
        alarm=not report.secrecy.sealed,
    )


def secrecy_phrase(words: Words, sealed: bool) -> str:
    """Whether the case is sealed."""
    if sealed:
        return words.text(_("this case is sealed: identities open only with its key"))
    return words.text(_("this case is NOT sealed: whoever can read its folder can read the identities in it"))
