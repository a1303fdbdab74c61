# SPDX-License-Identifier: Apache-2.0
"""The sentences that the terminal and the page say alike of one account. Facts, and no accusation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.core.words import Words, _, local_time
from tocsin.first.asked import COMMON
from tocsin.first.facts import (
    AccountLook,
    Alone,
    Distinct,
    Log,
    Look,
    NamedDistinct,
    PlaceCount,
    Request,
    Standing,
)
from tocsin.first.vocabulary import ACTIONS, ALONE, MEASURES, PLACES, UNSAID
from tocsin.report.phrases import phrase
from tocsin.report.sentences import between_phrase


@dataclass(frozen=True, slots=True)
class Speaker:
    """One language and one zone."""

    words: Words
    zone: str

    def instant(self, at: datetime) -> str:
        """With its day; to the minute."""
        return self.words.instant(at, self.zone)

    def span(self, first: datetime | None, last: datetime | None) -> str:
        """From one to the other."""
        return between_phrase(self.words, first, last, self.zone)

    def short(self, at: datetime) -> str:
        """`2024-06-11 02:00:14` in the zone, for columns."""
        return f"{local_time(at, self.zone):%Y-%m-%d %H:%M:%S}"


def headline(speaker: Speaker, found: AccountLook) -> str:
    """`dr.x: 1,204 acts, 11 June 2024, from 02:00 to 04:41`."""
    totals = found.totals
    acts = speaker.words.plural("one act", "{n} acts", totals.events)
    span = speaker.span(totals.first_at, totals.last_at)
    return speaker.words.text(_("{account}: {acts}, {span}"), account=found.account, acts=acts, span=span)


def ends(speaker: Speaker, found: AccountLook) -> list[str]:
    """Whether it still acts, for each log in which it does; three at most."""
    return [_end(speaker, log, log.last_act_at) for log in found.logs if log.last_act_at is not None][:3]


def _end(speaker: Speaker, log: Log, last_act: datetime) -> str:
    values = {
        "last": speaker.instant(last_act),
        "log": log.series,
        "end": speaker.instant(log.last_at),
        "later": duration(speaker.words, log.last_at - last_act),
    }
    if log.last_at - last_act <= timedelta(hours=1):
        return speaker.words.text(
            _("It may still be acting: its last act is on {last}, and {log} ends {later} later, on {end}."),
            **values,
        )
    return speaker.words.text(
        _("Its last act is on {last}; {log} goes on without it for {later}, until {end}."), **values
    )


def duration(words: Words, length: timedelta) -> str:
    """In the largest unit that fits, rounded down."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return words.text(_("less than a minute"))
    if minutes < 120:
        return words.plural("one minute", "{n} minutes", minutes)
    if minutes < 48 * 60:
        return words.plural("one hour", "{n} hours", minutes // 60)
    return words.plural("one day", "{n} days", minutes // (24 * 60))


def outcome_phrase(speaker: Speaker, found: AccountLook) -> str:
    """How its acts went."""
    totals = found.totals
    said = went_phrase(speaker.words, totals.success, totals.failure, totals.unknown)
    days = speaker.words.plural("on one day", "on {n} days", totals.days)
    return speaker.words.text(_("{said}; {days}"), said=said, days=days)


def went_phrase(words: Words, success: int, failure: int, unknown: int) -> str:
    """`15 with success and 3 with failure`; what is nought is left out."""
    parts = (
        (success, words.text(_("{n} with success"), n=success)),
        (failure, words.text(_("{n} with failure"), n=failure)),
        (unknown, words.text(_("{n} with unknown outcome"), n=unknown)),
    )
    return words.listing(text for count, text in parts if count)


def asked_phrases(words: Words, found: AccountLook) -> list[str]:
    """Distinct local ids and records; where the logs name none, the ids in the paths."""
    said = []
    if found.persons.total:
        said.append(
            words.text(
                _("{what}: {counts}"),
                what=words.plural("one distinct local id", "{n} distinct local ids", found.persons.total),
                counts=_counts(words, found.persons),
            )
        )
    said += [_record_phrase(words, row) for row in found.records[:3]]
    if not found.persons.total:
        said += [path_phrase(words, row) for row in found.path_ids[:3] if row.total > 1]
    return said or [words.text(_("these logs name neither persons nor records, and no path holds an id"))]


def _record_phrase(words: Words, row: NamedDistinct) -> str:
    kind = row.name or words.text(_("record"))
    return words.text(_("{n} distinct {kind}: {counts}"), n=row.total, kind=kind, counts=_counts(words, row))


def path_phrase(words: Words, row: NamedDistinct) -> str:
    """`830 distinct ids at /v1/patients/{id}: …`."""
    what = words.plural(
        "one distinct id at {place}", "{n} distinct ids at {place}", row.total, place=row.name
    )
    return words.text(_("{what}: {counts}"), what=what, counts=_counts(words, row))


def _counts(words: Words, row: Distinct | NamedDistinct) -> str:
    return went_phrase(words, row.success, row.failure, row.unknown)


def requests_phrase(words: Words, requests: list[Request]) -> str:
    """`12 templates are 99 % of what it did, of 40`."""
    few = words.plural(
        "one kind of request is 99\u00a0% of what it did",
        "{n} kinds of request are 99\u00a0% of what it did",
        requests[0].for_99,
    )
    return words.text(_("{few}, of {total} in all"), few=few, total=requests[0].total)


def place_count_phrase(words: Words, row: PlaceCount) -> str:
    """`address: 26, of which 19 used by no other account`."""
    kind = phrase(words, PLACES, row.kind)
    if not row.alone:
        return words.text(_("{kind}: {n}, all used by other accounts too"), kind=kind, n=row.total)
    if row.alone == row.total:
        return words.text(_("{kind}: {n}, used by no other account"), kind=kind, n=row.total)
    return words.text(
        _("{kind}: {n}, of which {alone} used by no other account"), kind=kind, n=row.total, alone=row.alone
    )


def siblings_phrase(words: Words, total: int) -> str:
    """How many other accounts were seen with the same things."""
    if not total:
        return words.text(_("no other account shares a session, a device, or an address that few use"))
    return words.plural(
        "one other account shares something that few use: to be looked at, not accused",
        "{n} other accounts share something that few use: to be looked at, not accused",
        total,
    )


def shared_exit_phrase(words: Words, found: AccountLook) -> str:
    """An address of a whole hospital says nothing of those behind it; empty when there is none."""
    wide = [place for place in found.places if place.kind == "address" and place.accounts > COMMON]
    if not wide:
        return ""
    most = max(wide, key=lambda place: place.accounts)
    return words.text(
        _(
            "The address {address} serves {accounts} accounts: a common exit, as a hospital has. "
            "Sharing it says nothing against any of them."
        ),
        address=most.value,
        accounts=most.accounts,
    )


def standing_phrase(words: Words, row: Standing) -> str:
    """`acts: 1,204, rank 1 of 4,000 accounts (median 31)`."""
    return words.text(
        _("{measure}: {value}, rank {rank} of {accounts} accounts (median {median})"),
        measure=phrase(words, MEASURES, row.measure),
        value=row.value,
        rank=row.standing,
        accounts=row.accounts,
        median=row.median,
    )


def alone_phrase(words: Words, rows: list[Alone]) -> str:
    """What nobody else did, by kind."""
    kinds: dict[str, int] = {}
    for row in rows:
        if row.others == 0:
            kinds[row.kind] = kinds.get(row.kind, 0) + 1
    listed = words.listing(f"{phrase(words, ALONE, kind)}\u00a0× {n}" for kind, n in kinds.items())
    return words.text(_("no other account of these logs did this: {listed}"), listed=listed)


def alone_value(speaker: Speaker, row: Alone) -> str:
    """A thing that few do: an hour as an hour, an action in words."""
    if row.kind == "hour":
        clock = datetime(2000, 1, 1, int(row.value), tzinfo=ZoneInfo("UTC"))
        return speaker.words.clock(clock, "UTC")
    action, space, template = row.value.partition(" ")
    if row.kind in ("action", "template"):
        return phrase(speaker.words, ACTIONS, action) + space + template
    return row.value


def unsaid_lines(words: Words, found: AccountLook) -> list[str]:
    """What these logs cannot tell, a sentence each."""
    return [words.text(UNSAID[row.code], **row.values) for row in found.unsaid]


def cover_phrase(speaker: Speaker, look: Look) -> str:
    """What was read, and in which zone it is told."""
    return speaker.words.text(
        _(
            "{events} {events:event|events} of {accounts} {accounts:account|accounts}, {span}. Times "
            "are those of {zone}."
        ),
        events=look.covered.events,
        accounts=look.covered.accounts,
        span=speaker.span(look.covered.first_at, look.covered.last_at),
        zone=look.zone,
    )


def period_warnings(speaker: Speaker, look: Look) -> list[str]:
    """Where the period asked for goes beyond what the logs hold."""
    first, last = look.covered.first_at, look.covered.last_at
    words = speaker.words
    said = []
    if look.since is not None and first is not None and look.since < first:
        before = _("These logs begin on {at}: of the time before, nothing is said.")
        said.append(words.text(before, at=speaker.instant(first)))
    if look.until is not None and last is not None and look.until > last + timedelta(hours=1):
        after = _("These logs end on {at}: of the time after, nothing is said.")
        said.append(words.text(after, at=speaker.instant(last)))
    return said
