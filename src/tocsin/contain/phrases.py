# SPDX-License-Identifier: Apache-2.0
"""What the sheet says of an account as the logs show it, sentence by sentence, in the user's language."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.contain.activity import Sibling
from tocsin.contain.run import AccountSheet, Line
from tocsin.core.terms import Verdict
from tocsin.core.words import Words, _
from tocsin.journal.containment import Act, Status

VERDICTS = {
    Verdict.ILLEGITIMATE: _("usurped or acting without right"),
    Verdict.DOUBTFUL: _("doubtful, to be decided"),
}

STATUSES = {
    Status.OPEN: _("to do"),
    Status.DONE: _("done, to be checked"),
    Status.CHECKED: _("done and checked"),
}

RECENT = timedelta(hours=1)
"""An account that acted in the last hour of the logs is said to be acting."""


def verdict_phrase(words: Words, sheet: AccountSheet) -> str:
    """What people, or detection, hold of it."""
    if sheet.suspicion is None:
        return words.text(_("named by {by}"), by=sheet.state.added.by if sheet.state.added else "–")
    return words.text(VERDICTS.get(sheet.suspicion.verdict, sheet.suspicion.verdict.value))


def status_phrase(words: Words, line: Line) -> str:
    """Where a step stands."""
    if line.is_lifted:
        return words.text(_("lifted: the account is back with its owner"))
    state = line.state
    if state.status is Status.OPEN and state.undone is not None:
        return words.text(_("to do again"))
    return words.text(STATUSES[state.status])


def act_phrase(words: Words, act: Act, zone: str) -> str:
    """`Anne Le Gall, 21 July at 03:12`."""
    return words.text(_("{by}, {at}"), by=act.by, at=words.instant(act.at, zone))


def line_notes(words: Words, line: Line, zone: str) -> list[str]:
    """Who did a step, who checked it, or why it is open again."""
    state = line.state
    said = []
    if state.done is not None:
        what = _("done, nothing there: {who}") if state.nothing_there else _("done: {who}")
        said.append(_with_note(words.text(what, who=act_phrase(words, state.done, zone)), state.done))
    if state.checked is not None:
        who = act_phrase(words, state.checked, zone)
        said.append(_with_note(words.text(_("checked: {who}"), who=who), state.checked))
    if state.undone is not None:
        what = _("does not hold: {who}") if state.held_not else _("undone: {who}")
        said.append(_with_note(words.text(what, who=act_phrase(words, state.undone, zone)), state.undone))
    return said


def _with_note(said: str, act: Act) -> str:
    return f"{said} – {act.note}" if act.note else said


def activity_lines(words: Words, sheet: AccountSheet, zone: str) -> list[str]:
    """First, last and number of events, source by source; or that nothing was read."""
    if sheet.log_end is None:
        return [words.text(_("No log has been read yet."))]
    if not sheet.activity:
        return [words.text(_("It appears in no log of the case."))]
    return [
        words.plural(
            "{source}: {n} event, from {first} to {last}",
            "{source}: {n} events, from {first} to {last}",
            one.events,
            source=one.source,
            first=words.instant(one.first_at, zone),
            last=words.instant(one.last_at, zone),
        )
        for one in sheet.activity
    ]


def consequence_lines(words: Words, sheet: AccountSheet, zone: str) -> list[str]:
    """What not acting means, from what the logs say; and what they say since it was cut."""
    if sheet.cut_at is not None:
        return [_since_cut(words, sheet, sheet.cut_at, zone)]
    if sheet.log_end is None:
        return [words.text(_("Nothing is known of what it does: take it that it still acts."))]
    last = max((one.last_at for one in sheet.activity), default=None)
    if last is None:
        return [words.text(_("Nothing is known of what it does: take it that it still acts."))]
    end = words.instant(sheet.log_end, zone)
    at = words.instant(last, zone)
    if sheet.log_end - last < RECENT:
        return [
            words.text(
                _("It was still acting at the end of the logs: last event {at}, logs end {end}."),
                at=at,
                end=end,
            )
        ]
    return [
        words.text(
            _("Its last event is of {at}; the logs go on without it until {end}, and tell no more."),
            at=at,
            end=end,
        )
    ]


def _since_cut(words: Words, sheet: AccountSheet, cut_at: datetime, zone: str) -> str:
    cut = words.instant(cut_at, zone)
    if sheet.acts_since_cut and sheet.last_since_cut is not None:
        return words.plural(
            "IT STILL ACTS: {n} event since it was cut ({cut}), on {last}.",
            "IT STILL ACTS: {n} events since it was cut ({cut}), the last on {last}.",
            sheet.acts_since_cut,
            cut=cut,
            last=words.instant(sheet.last_since_cut, zone),
        )
    if sheet.log_end is None or sheet.log_end <= cut_at:
        return words.text(
            _("Cut on {cut}. The logs read end before that: read newer ones to see that nothing passes."),
            cut=cut,
        )
    return words.text(
        _("Cut on {cut}; the logs show nothing obtained since, up to {end}."),
        cut=cut,
        end=words.instant(sheet.log_end, zone),
    )


def sibling_line(words: Words, sibling: Sibling, zone: str) -> str:
    """Another account of the same professional, and whether it acts."""
    where = words.listing(sibling.sources) if sibling.sources else (sibling.organisation or "")
    name = f"{sibling.account} ({where})" if where else sibling.account
    if sibling.last_at is None:
        return words.text(_("{account}: in the directory, in no log"), account=name)
    return words.plural(
        "{account}: {n} event, on {last}",
        "{account}: {n} events, the last on {last}",
        sibling.events,
        account=name,
        last=words.instant(sibling.last_at, zone),
    )
