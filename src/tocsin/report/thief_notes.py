# SPDX-License-Identifier: Apache-2.0
"""Sentences on thieves: accounts that one of them holds, and whose each session of an account is.

Each takes the words of a language and a part of the report, and gives plain text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tocsin.core.words import Words, _
from tocsin.report.phrases import phrase
from tocsin.report.reading import Campaign, Hands, Member, Place, Split, SplitAccount
from tocsin.report.sentences import between_phrase

KINDS: Final = {"device": _("device"), "address": _("address"), "client": _("program")}

CLASSES: Final = {
    "confirmed": _("confirmed"),
    "likely": _("likely"),
    "possible": _("possible"),
    "excluded": _("excluded"),
}

MEANINGS: Final = {
    "confirmed": _("the thief's: a hard fact says so"),
    "likely": _("held to be the thief's"),
    "possible": _("nobody can say"),
    "excluded": _("the owner's"),
}
"""What each class of a session says of whose it is."""


def hands(held: Hands) -> dict[str, int]:
    """By class, the surest first: what a bar is drawn from."""
    return {name: getattr(held, name) for name in CLASSES}


def campaign_line(words: Words, campaign: Campaign, zone: str) -> str:
    """`campaign 1: 4 accounts joined by 3 rare devices or addresses, from … to …`."""
    said = words.plural("one account", "{n} accounts", campaign.accounts)
    joined = words.plural(
        "joined by one rare device or address", "joined by {n} rare devices or addresses", campaign.places
    )
    when = between_phrase(words, campaign.since, campaign.until, zone)
    told = ", ".join(part for part in (f"{said} {joined}", when) if part)
    return words.text(_("campaign {campaign}: {told}"), campaign=campaign.campaign, told=told)


def undecided_line(words: Words, campaign: Campaign) -> str:
    """How many of its accounts wait for a decision; empty when none does."""
    if not campaign.undecided:
        return ""
    return words.plural(
        "One of these accounts waits for a decision.",
        "{n} of these accounts wait for a decision.",
        campaign.undecided,
    )


def spans(campaign: Campaign) -> list[tuple[datetime | None, datetime | None]]:
    """When each account was used from those places."""
    return [(member.first_at, member.last_at) for member in campaign.members]


def member_when(words: Words, member: Member, zone: str) -> str:
    """The same in words."""
    return between_phrase(words, member.first_at, member.last_at, zone)


def decision_phrase(words: Words, member: Member) -> str:
    """Whether a person has decided."""
    return words.text(_("decided")) if member.decided else words.text(_("to be decided"))


def place_phrase(words: Words, place: Place) -> str:
    """`address 192.0.2.1`."""
    return words.text(_("{kind} {name}"), kind=phrase(words, KINDS, place.kind), name=place.name)


def sessions_line(words: Words, split: Split) -> str:
    """Of all sessions of the accounts split, whose they are."""
    held = split.sessions
    return words.text(
        _(
            "{accounts}; sessions: {sessions}, of which held to be the thief's: {thief} "
            "({confirmed} by a hard fact), the owner's: {owner}, nobody can say: {possible}"
        ),
        accounts=words.plural("one account", "{n} accounts", split.accounts_total),
        sessions=held.total,
        thief=held.confirmed + held.likely,
        confirmed=held.confirmed,
        owner=held.excluded,
        possible=held.possible,
    )


def persons_line(words: Words, split: Split) -> str:
    """Of all persons seen in them, whom the thief saw, and who is kept off the notices."""
    held = split.persons
    return words.text(
        _(
            "{persons} persons were seen in these sessions: {thief} by the thief as far as can be told, "
            "{possible} perhaps, {owner} by the owner alone"
        ),
        persons=held.total,
        thief=held.confirmed + held.likely,
        possible=held.possible,
        owner=held.excluded,
    )


def cut_line(words: Words, split: Split) -> str:
    """The decision that keeps persons off; empty when nobody took one."""
    if split.cut is None:
        return ""
    return words.text(
        _(
            "By decision (journal entry {entry}), {persons} persons under a probability of {threshold} "
            "are kept off the notices too: {why}"
        ),
        entry=split.cut.entry,
        persons=split.cut.persons,
        threshold=words.share(split.cut.threshold),
        why=split.cut.why,
    )


def answers_line(words: Words, split: Split) -> str:
    """Where the questions to the owners stand; empty when nothing was asked."""
    told = split.answers
    if not told.sessions:
        return ""
    return words.text(
        _(
            "Owners were asked about {sessions} sessions: {settled} settled by a sure answer, "
            "{heard} heard without certainty, {contradicted} with answers that contradict one another, "
            "{open} without an answer yet."
        ),
        sessions=told.sessions,
        settled=told.settled,
        heard=told.heard,
        contradicted=told.contradicted,
        open=told.open,
    )


def split_notes(words: Words, account: SplitAccount, zone: str) -> str:
    """Period and hard facts of a split account."""
    facts = words.plural("one hard fact", "{n} hard facts", account.hard_facts) if account.hard_facts else ""
    when = between_phrase(words, account.first_at, account.last_at, zone)
    return " · ".join(part for part in (facts, when) if part)


def hands_phrase(words: Words, held: Hands) -> str:
    """`10 the thief's, 2 nobody can say, 40 the owner's`: what a bar shows."""
    told = hands(held).items()
    return words.listing(f"{words.number(n)} {words.text(MEANINGS[name])}" for name, n in told if n)
