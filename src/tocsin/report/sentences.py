# SPDX-License-Identifier: Apache-2.0
"""The sentences that the terminal and the page say alike: the count, the period, a claim, its grade.

Each takes the words of a language and a part of the report, and gives plain text. No count appears
without its unit, no grade of a proof without the hypotheses it stands under.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from tocsin.core.words import Words, _
from tocsin.report.codes import CEILING_REASONS, UNRESOLVED
from tocsin.report.phrases import phrase, probability_phrase, say
from tocsin.report.reading import Account, Count, Report, Scope, Share, Span, Unresolved

NO_BOUND: Final = _("no bound")


def headline(words: Words, count: Count) -> str:
    """The number of persons, floor, best and ceiling, as one sentence without its full stop."""
    if count.ceiling is None:
        return _headline_without_bound(words, count.floor, count.best)
    if count.floor == 0:
        return _headline_without_floor(words, count.best, count.ceiling)
    if count.floor == count.best == count.ceiling:
        return words.plural("Exactly one person", "Exactly {n} persons", count.floor)
    if count.floor == count.best:
        return words.plural(
            "At least and most likely one person, at most {ceiling}",
            "At least and most likely {n} persons, at most {ceiling}",
            count.floor,
            ceiling=count.ceiling,
        )
    return words.plural(
        "At least one person, most likely {best}, at most {ceiling}",
        "At least {n} persons, most likely {best}, at most {ceiling}",
        count.floor,
        best=count.best,
        ceiling=count.ceiling,
    )


def _headline_without_floor(words: Words, best: int, ceiling: int) -> str:
    if ceiling == 0:
        return words.text(_("Nobody's data were shown, as far as these logs can tell"))
    if best == 0:
        return words.plural(
            "No person for certain, at most one could not be ruled out",
            "No person for certain, at most {n} could not be ruled out",
            ceiling,
        )
    return words.text(
        _("No person for certain, most likely {best}, at most {ceiling}"), best=best, ceiling=ceiling
    )


def _headline_without_bound(words: Words, floor: int, best: int) -> str:
    if best == 0:
        return words.text(_("No person for certain, and no upper bound can be given"))
    if floor == 0:
        return words.text(
            _("No person for certain, most likely {best}; no upper bound can be given"), best=best
        )
    return words.plural(
        "At least one person, most likely {best}; no upper bound can be given",
        "At least {n} persons, most likely {best}; no upper bound can be given",
        floor,
        best=best,
    )


def range_phrase(words: Words, count: Count) -> str:
    """`12 at least, 17 most likely, 39 at most`, shortened where two are equal."""
    ceiling = words.number(count.ceiling) if count.ceiling is not None else words.text(NO_BOUND)
    if count.floor == count.best == count.ceiling:
        return words.number(count.floor)
    if count.floor == count.best:
        return words.text(_("{best}, at most {ceiling}"), best=count.best, ceiling=ceiling)
    if count.best == count.ceiling:
        return words.text(_("{floor} to {best}"), floor=count.floor, best=count.best)
    return words.text(
        _("{floor} to {best}, at most {ceiling}"), floor=count.floor, best=count.best, ceiling=ceiling
    )


def ceiling_phrase(words: Words, count: Count) -> str:
    """The ceiling as a number, or that there is none."""
    return words.number(count.ceiling) if count.ceiling is not None else words.text(NO_BOUND)


def span_phrase(words: Words, span: Span, zone: str) -> str:
    """`11 June 2024, from 10:00 to 12:00`; an open bound is said to be open."""
    if span.since is None and span.until is None:
        return words.text(_("without limit of time"))
    if span.until is None and span.since is not None:
        return words.text(_("from {start} on"), start=words.instant(span.since, zone))
    if span.since is None and span.until is not None:
        return words.text(_("until {end}"), end=words.instant(span.until, zone))
    return between_phrase(words, span.since, span.until, zone)


def between_phrase(words: Words, first: datetime | None, last: datetime | None, zone: str) -> str:
    """From one instant to another, each thing said once; empty when one is missing."""
    if first is None or last is None:
        return ""
    day = words.day(first, zone)
    if words.instant(first, zone) == words.instant(last, zone):
        return words.instant(first, zone)
    if day != words.day(last, zone):
        return words.text(
            _("from {start} to {end}"), start=words.instant(first, zone), end=words.instant(last, zone)
        )
    return words.text(
        _("{day}, from {start} to {end}"),
        day=day,
        start=words.clock(first, zone),
        end=words.clock(last, zone),
    )


def account_phrase(words: Words, account: Account, verdict: str) -> str:
    """`dr.lemoine: illegitimate, held for certain (p = 1), 14 persons`."""
    said = (
        [verdict, probability_phrase(words, account.p)] if verdict else [probability_phrase(words, account.p)]
    )
    if account.sessions:
        said.append(words.plural("one session", "{n} sessions", account.sessions))
    if account.persons is not None:
        said.append(words.plural("one person", "{n} persons", account.persons))
    return words.text(_("{account}: {said}"), account=account.account, said=", ".join(said))


def unresolved_phrase(words: Words, rows: Iterable[Unresolved]) -> str:
    """`access that no rule describes: 1 (at most 2 persons); …`."""
    return words.text(_("; ")).join(_unresolved_row(words, row) for row in rows)


def _unresolved_row(words: Words, row: Unresolved) -> str:
    bound = words.text(NO_BOUND)
    if row.bound is not None:
        bound = words.plural("at most one person", "at most {n} persons", row.bound)
    reason = phrase(words, UNRESOLVED, row.reason)
    return words.text(_("{reason}: {events} ({bound})"), events=row.events, reason=reason, bound=bound)


def ceiling_reason_phrase(words: Words, count: Count) -> str:
    """Why there is no upper bound; empty when there is one."""
    if count.ceiling is not None or count.ceiling_reason is None:
        return ""
    reason = count.ceiling_reason
    if isinstance(reason, str) and reason in CEILING_REASONS:
        return phrase(words, CEILING_REASONS, reason)
    return say(words, reason)


def share_phrase(words: Words, share: Share) -> str:
    """`25 % (3 of 12)`."""
    value = share.share if share.share is not None else share.count / share.total if share.total else 0.0
    return words.text(
        _("{share} ({count} of {total})"), share=words.share(value), count=share.count, total=share.total
    )


def scope_phrase(words: Words, scope: Scope) -> str:
    """The balance of the scope as a sum, and whether it is right."""
    return words.text(
        _(
            "{events} accesses in scope = {disclosed} that showed data"
            " + {nothing} that showed nothing + {unresolved} not resolved"
        ),
        events=scope.events,
        disclosed=scope.disclosed,
        nothing=scope.nothing_shown,
        unresolved=scope.unresolved,
    )


def accounting_phrase(words: Words, report: Report) -> str:
    """The records of all sources as a sum."""
    totals: dict[str, Any] = {
        name: sum(getattr(source, name) for source in report.accounting)
        for name in ("records", "events", "set_aside", "non_events")
    }
    return words.text(
        _(
            "{records} records read = {events} events"
            " + {set_aside} set aside + {non_events} that are not events"
        ),
        **totals,
    )
