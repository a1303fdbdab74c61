# SPDX-License-Identifier: Apache-2.0
"""The small print of the page: what stands under a name in a table, and the short lists.

Each function gives plain text of one language, empty when the report says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tocsin.core.words import Words, _
from tocsin.report.codes import CUSTODIES, NON_EVENTS, PROTECTIONS, SET_ASIDE
from tocsin.report.phrases import phrase, say
from tocsin.report.reading import Account, CategoryCount, Claim, Controller, Count, Gap, Report, Source
from tocsin.report.sentences import NO_BOUND, between_phrase, range_phrase, span_phrase

EXCEPTIONS_SHOWN: Final = 10


def category_notes(words: Words, row: CategoryCount, zone: str) -> str:
    """When it was shown, of what time the data are, and in what form when not in clear."""
    forms = [phrase(words, PROTECTIONS, form) for form in row.protection]
    return _joined(
        between_phrase(words, row.first_at, row.last_at, zone),
        _data_period(words, row, zone),
        words.listing(forms) if set(row.protection) - {"clear"} else "",
    )


def _data_period(words: Words, row: CategoryCount, zone: str) -> str:
    first, last = _data_day(words, row.data_from, zone), _data_day(words, row.data_until, zone)
    if first and last:
        return words.text(_("data from {first} to {last}"), first=first, last=last)
    if first:
        return words.text(_("data from {first} on"), first=first)
    return words.text(_("data until {last}"), last=last) if last else ""


def _data_day(words: Words, at: str | None, zone: str) -> str:
    """A day of the data: a date stays the date it is, an instant is seen from the zone."""
    if not at:
        return ""
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        return at
    return words.day(read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone)), zone)


def account_notes(words: Words, account: Account, zone: str) -> str:
    """Sessions, and the first and last access."""
    sessions = words.plural("one session", "{n} sessions", account.sessions) if account.sessions else ""
    accesses = words.plural("one access", "{n} accesses", account.events) if account.events else ""
    return _joined(sessions, accesses, between_phrase(words, account.first_at, account.last_at, zone))


def source_notes(words: Words, source: Source, zone: str) -> str:
    """Its period, who kept it, and the reasons of what is not an event."""
    return _joined(
        between_phrase(words, source.first_at, source.last_at, zone),
        phrase(words, CUSTODIES, source.custody) if source.custody else "",
        _reasons(words, words.text(_("set aside")), SET_ASIDE, source.set_aside_reasons),
        _reasons(words, words.text(_("not events")), NON_EVENTS, source.reasons),
    )


def _reasons(words: Words, what: str, table: Mapping[str, str], reasons: Mapping[str, int]) -> str:
    if not reasons:
        return ""
    listed = words.listing(
        f"{words.number(n)} {phrase(words, table, reason)}" for reason, n in reasons.items()
    )
    return words.text(_("{what}: {listed}"), what=what, listed=listed)


def gap_lines(words: Words, report: Report) -> list[str]:
    """Each hole, with how many persons it can hide at most."""
    return [
        _gap_line(words, source.source, gap, report.zone)
        for source in report.accounting
        for gap in source.gaps
    ]


def _gap_line(words: Words, source: str, gap: Gap, zone: str) -> str:
    if gap.bound is None:
        bound = words.text(NO_BOUND)
    elif gap.bound == 0:
        bound = words.text(_("outside the periods in question: adds nothing"))
    else:
        bound = words.plural("at most one person", "at most {n} persons", gap.bound)
    return words.text(
        _("{source}: {span} ({bound})"), source=source, span=span_phrase(words, gap, zone), bound=bound
    )


def set_apart_lines(words: Words, report: Report) -> list[str]:
    """Persons who are in no count, or whose number or registry raises a question."""
    lines: list[str] = []
    if report.unreadable is not None:
        lines.append(
            words.plural(
                "One person's data were shown in encrypted form only: in no count.",
                "{n} persons' data were shown in encrypted form only: in no count.",
                report.unreadable.persons,
            )
        )
    if report.not_in_registry is not None:
        lines.append(
            words.plural(
                "One local number is in no registry: counted as a person.",
                "{n} local numbers are in no registry: each counted as a person.",
                report.not_in_registry,
            )
        )
    if report.test_identities is not None:
        lines.append(
            words.plural(
                "One test identity was left out of every count.",
                "{n} test identities were left out of every count.",
                report.test_identities,
            )
        )
    if report.false_keys is not None:
        lines.append(
            words.plural(
                "One social security number has a wrong key: marked, and counted.",
                "{n} social security numbers have a wrong key: marked, and counted.",
                report.false_keys,
            )
        )
    return lines


def exceptions_listed(words: Words, claim: Claim) -> str:
    """The first exceptions of a claim, and how many there are besides."""
    if isinstance(claim.exceptions, int) or not claim.exceptions:
        return ""
    shown = [_exception(words, exception) for exception in claim.exceptions[:EXCEPTIONS_SHOWN]]
    others = claim.exception_count - len(shown)
    if others > 0:
        shown.append(words.plural("one more", "{n} more", others))
    return words.listing(shown)


def _exception(words: Words, exception: object) -> str:
    if isinstance(exception, int):
        return words.text(_("event {id}"), id=str(exception))
    return say(words, exception) if isinstance(exception, str | Mapping) else str(exception)


def controller_rows(words: Words, report: Report) -> list[tuple[str, str]]:
    """Name and persons of the largest controllers."""
    return [_controller_row(words, row) for row in report.controllers.largest] if report.controllers else []


def _controller_row(words: Words, row: str | Controller) -> tuple[str, str]:
    if isinstance(row, str):
        return row, "–"
    name = row.name or row.controller or row.id or ""
    if isinstance(row.persons, Count):
        return name, range_phrase(words, row.persons)
    return name, words.number(row.persons) if row.persons is not None else "–"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
