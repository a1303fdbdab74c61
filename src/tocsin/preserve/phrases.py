# SPDX-License-Identifier: Apache-2.0
"""What the state of preservation says, sentence by sentence, in the user's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.settings.spans import parse_span
from tocsin.core.words import Words, _
from tocsin.preserve.expiry import Expiry, Urgency
from tocsin.preserve.requests import Exchange, Status
from tocsin.preserve.run import NeedState, SourceState
from tocsin.preserve.texts import Texts

URGENCIES = {
    Urgency.LOSING: _("being erased"),
    Urgency.UNKNOWN: _("retention not known"),
    Urgency.EXPIRES: _("will be erased"),
    Urgency.SAFE: _("safe"),
}

STATUSES = {
    Status.ASKED: _("asked"),
    Status.OVERDUE: _("no answer in time"),
    Status.ANSWERED: _("received"),
    Status.REFUSED: _("refused"),
}

CUSTODIES = {
    "outside": _("outside"),
    "same-host": _("same host"),
    "attacker-reachable": _("within the attacker's reach"),
}


def span_phrase(words: Words, text: str) -> str:
    """A length of time of case.toml, in this language: `6 mois`."""
    if not text:
        return ""
    span = parse_span(text)
    if span.months and span.months % 12 == 0:
        return words.plural("{n} year", "{n} years", span.months // 12)
    if span.months:
        return words.plural("{n} month", "{n} months", span.months)
    if span.hours % 24 == 0:
        return words.plural("{n} day", "{n} days", span.hours // 24)
    return words.plural("{n} hour", "{n} hours", span.hours)


def urgency_phrase(words: Words, expiry: Expiry) -> str:
    """In a word."""
    return words.text(URGENCIES[expiry.urgency])


def status_phrase(words: Words, exchange: Exchange, now: datetime, zone: str) -> str:
    """`asked of Acme on 21 July, answer due by …`."""
    status = exchange.status(now)
    said = words.text(STATUSES[status])
    whom = exchange.to_whom
    if status is Status.ANSWERED:
        last = exchange.receipts[-1]
        return words.text(
            _("{status} from {whom} on {at}"),
            status=said,
            whom=last.from_whom,
            at=words.instant(last.at, zone),
        )
    if status is Status.REFUSED:
        return words.text(_("{status} by {whom}: {why}"), status=said, whom=whom, why=exchange.why_refused)
    if exchange.due is None:
        return words.text(_("{status}: {whom}"), status=said, whom=whom)
    return words.text(
        _("{status}: {whom}, answer due by {due}"),
        status=said,
        whom=whom,
        due=words.instant(exchange.due, zone),
    )


def expiry_sentences(words: Words, state: SourceState, zone: str) -> list[str]:
    """What the clock does to a source, then what is lacking, then what to do with what is there."""
    expiry = state.expiry
    said = [_clock_sentence(words, state, zone)]
    if state.files and not state.events:
        said.append(
            words.text(_("Its files are here and not read yet: run the case to know what they cover."))
        )
    elif expiry.lacks:
        said.append(_lacking_sentence(words, expiry, zone))
    if expiry.lost_until is not None:
        said.append(
            words.text(
                _("What is older than {day} is erased there already: ask for backups."),
                day=words.day(expiry.lost_until, zone),
            )
        )
    if state.missing:
        said.append(
            words.plural(
                "{n} file that was read is no longer there.",
                "{n} files that were read are no longer there.",
                len(state.missing),
            )
        )
    if state.files and not state.is_copied:
        said.append(
            words.plural(
                "{n} file is here and not copied: freeze it with --copy-to.",
                "{n} files are here and not copied: freeze them with --copy-to.",
                state.files,
            )
        )
    return said


def _clock_sentence(words: Words, state: SourceState, zone: str) -> str:
    expiry = state.expiry
    if expiry.urgency is Urgency.SAFE:
        return words.text(_("Copied and verified; nothing is known to be lacking."))
    if expiry.urgency is Urgency.UNKNOWN:
        return _unknown_sentence(words, state, zone)
    retention = span_phrase(words, state.settings.retention or "")
    if expiry.urgency is Urgency.LOSING or expiry.expires_at is None:
        return words.text(
            _("Kept {retention}: what the case needs is being erased, a day each day."), retention=retention
        )
    return words.plural(
        "Kept {retention}: erased from {instant} on ({n} day left).",
        "Kept {retention}: erased from {instant} on ({n} days left).",
        expiry.days_left or 0,
        retention=retention,
        instant=words.instant(expiry.expires_at, zone),
    )


def _unknown_sentence(words: Words, state: SourceState, zone: str) -> str:
    if state.first_at is None:
        return words.text(_("Nobody has said how long it is kept: ask today."))
    asked = words.text(_("Nobody has said how long it is kept: ask today."))
    rolls = words.text(
        _("Its oldest record read is of {day}; if the log rolls, each day loses one."),
        day=words.day(state.first_at, zone),
    )
    return f"{asked} {rolls}"


def _lacking_sentence(words: Words, expiry: Expiry, zone: str) -> str:
    begins, ends = expiry.lacks_from, expiry.lacks_until
    if begins is None:
        return words.text(_("The case has none of it."))
    if ends is None:
        return words.text(
            _("The case has none of it, and needs it from {day} on."), day=words.day(begins, zone)
        )
    return words.text(
        _("The case lacks what stands before {until}, and needs it from {day} on."),
        day=words.day(begins, zone),
        until=words.day(ends, zone),
    )


def need_sentence(words: Words, said: Texts, need: NeedState, now: datetime, zone: str) -> str:
    """Whether the case has that kind of log, or what has become of asking for it."""
    if need.sources:
        return words.text(_("in the case: {sources}"), sources=words.listing(need.sources))
    if need.exchange is not None:
        return status_phrase(words, need.exchange, now, zone)
    if need.holder == "us":
        return words.text(_("lacking: it is ours to freeze"))
    return words.text(_("lacking; to be asked of: {holder}"), holder=said.holders[need.holder].name)


def unknown_kind_sentence(words: Words, sources: Sequence[str]) -> str:
    """What to do where a source may be one of the logs that are lacking; empty when each has its kind."""
    if not sources:
        return ""
    return words.text(
        _("Nothing tells which of these logs this is: {sources}. Write its kind in case.toml."),
        sources=words.listing(sources),
    )


def custody_phrase(words: Words, state: SourceState) -> str:
    """The custody, and whether case.toml still says otherwise."""
    said = words.text(CUSTODIES.get(state.custody, state.custody))
    if not state.custody_answered:
        return said
    return words.text(
        _('{custody} (answered; write custody = "{value}" in case.toml)'), custody=said, value=state.custody
    )
