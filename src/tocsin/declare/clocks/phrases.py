# SPDX-License-Identifier: Apache-2.0
"""Deadlines in words: what is left, where each stands and why, for a terminal; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.declare.clocks.acts import Value
from tocsin.declare.clocks.conflicts import Contradiction
from tocsin.declare.clocks.deadline import Deadline, Reached, State
from tocsin.declare.clocks.rules import Rules, load_rules

STATES: Final = {
    State.PASSED: _("Past"),
    State.RUNNING: _("Running"),
    State.NOT_STARTED: _("Not started"),
    State.MET: _("Done"),
    State.NOT_APPLICABLE: _("Does not apply"),
}

UNSURE: Final = _("To be confirmed: runs if the organisation is bound")

REASONS: Final = {
    "bound": _("binds: {capacity}"),
    "maybe_bound": _("to be confirmed, if the organisation is: {capacity}"),
    "not_bound": _("the organisation is not: {capacity}"),
    "before_force": _("not in force at that date"),
    "after_force": _("no longer in force at that date"),
    "proposed": _("a proposal, not the law"),
    "waits": _("waits until: {anchor}"),
    "later": _("starts later"),
}


def instant_phrase(words: Words, at: datetime, zone: str) -> str:
    """In the case's zone and in UTC."""
    utc = words.clock(at, "UTC")
    if words.day(at, zone) != words.day(at, "UTC"):
        utc = words.instant(at, "UTC")
    return words.text(_("{local} ({zone}; {utc} UTC)"), local=words.instant(at, zone), zone=zone, utc=utc)


def reason_phrase(words: Words, rules: Rules, deadline: Deadline) -> str:
    """Why a clock binds, may bind, waits or does not apply."""
    capacity = rules.capacity(deadline.capacity)
    anchor = rules.anchor(deadline.clock.anchor)
    said = words.text(_("everybody")) if capacity is None else capacity.title.said(words.lang)
    return words.told(
        REASONS[deadline.why],
        {"capacity": said, "anchor": "" if anchor is None else anchor.title.said(words.lang)},
    )


def deadline_lines(words: Words, rules: Rules, zone: str, deadlines: Iterable[Deadline]) -> list[str]:
    """Everything, grouped by state; the most urgent first."""
    lines: list[str] = []
    held = ""
    for deadline in deadlines:
        heading = UNSURE if deadline.is_unsure else STATES[deadline.state]
        if heading != held:
            held = heading
            lines += ["", words.text(heading).upper()]
        lines += _deadline_block(words, rules, zone, deadline)
    return lines


def _deadline_block(words: Words, rules: Rules, zone: str, deadline: Deadline) -> list[str]:
    clock = deadline.clock
    head = f"  {clock.title.said(words.lang)}  [{clock.id}]"
    reason = reason_phrase(words, rules, deadline)
    if deadline.state is State.NOT_APPLICABLE:
        return [f"{head}  ({reason})"]
    if deadline.state is State.NOT_STARTED and deadline.start is None:
        return [head, f"    {reason}", *_law_lines(words, deadline)]
    return [head, *(f"    {line}" for line in _body(words, zone, deadline, reason))]


def _body(words: Words, zone: str, deadline: Deadline, reason: str) -> list[str]:
    lines = [*_end_lines(words, zone, deadline), *_start_lines(words, zone, deadline)]
    if deadline.met is not None:
        return [*_met_lines(words, zone, deadline), *lines]
    clock = deadline.clock
    lines.append(words.text(_("to: {to}. {do}"), to=clock.to.said(words.lang), do=clock.do.said(words.lang)))
    lines.append(reason)
    following = [one.title.said(words.lang) for name in clock.then if (one := load_rules().clock(name))]
    if following:
        lines.append(words.text(_("what comes next: {duties}"), duties=words.listing(following)))
    coming = [alarm.at for alarm in deadline.alarms if not alarm.due]
    if coming:
        alarms = words.listing([words.instant(at, zone) for at in coming])
        lines.append(words.text(_("alarms: {alarms}"), alarms=alarms))
    return [*lines, *(line.strip() for line in _law_lines(words, deadline))]


def _end_lines(words: Words, zone: str, deadline: Deadline) -> list[str]:
    if deadline.end is None or deadline.left is None:
        if deadline.clock.contract:
            return [words.text(_("without undue delay: the hours of the contract are not entered"))]
        return [words.text(_("without undue delay: no hour is set"))]
    at, left = instant_phrase(words, deadline.end, zone), words.elapsed(deadline.left)
    if deadline.met is not None:
        lines = [words.text(_("end: {at}"), at=at)]
    elif deadline.left > timedelta(0):
        lines = [words.text(_("end: {at}: {left} left"), at=at, left=left)]
    else:
        lines = [words.text(_("end: {at}: past for {left}"), at=at, left=left)]
    if deadline.clock.target:
        lines.append(words.text(_("a time to aim at, not a limit")))
    return lines


def _start_lines(words: Words, zone: str, deadline: Deadline) -> list[str]:
    if deadline.start is None or deadline.anchor is None or deadline.elapsed is None:
        return []
    since = words.elapsed(deadline.elapsed)
    lines = [
        words.text(
            _("start: {at}: {since} ago, {basis}")
            if deadline.elapsed >= timedelta(0)
            else _("start: {at}: in {since}, {basis}"),
            at=instant_phrase(words, deadline.start, zone),
            since=since,
            basis=basis_phrase(words, deadline.anchor),
        )
    ]
    if deadline.term_basis is not None:
        lines.append(words.text(_("term: {basis}"), basis=visible(deadline.term_basis)))
    if deadline.working_days is not None and deadline.working_days < 2:
        lines.append(
            words.text(
                _(
                    "fewer than two working days fall in it (Regulation 1182/71, article 3(5)): "
                    "the end shown does not move for that"
                )
            )
        )
    return lines


def basis_phrase(words: Words, reached: Reached) -> str:
    """On what, by whom; and whether a person decided it."""
    by = visible(reached.by or words.text(_("nobody named")))
    said = words.text(_("“{why}” ({by})"), why=visible(reached.why), by=by)
    return words.text(_("{basis}, presumed: to be confirmed"), basis=said) if reached.presumed else said


def _met_lines(words: Words, zone: str, deadline: Deadline) -> list[str]:
    met = deadline.met
    if met is None:
        return []
    done = words.text(
        _("done: {at}, receipt: {receipt} ({by})"),
        at=instant_phrase(words, met.at, zone),
        receipt=visible(met.receipt),
        by=visible(met.by),
    )
    return [done, words.text(_("after the end: give the reasons"))] if met.late else [done]


def _law_lines(words: Words, deadline: Deadline) -> list[str]:
    clock = deadline.clock
    law = clock.law.said(words.lang)
    text = words.text(_("source: {law}"), law=law)
    if clock.status == "to_be_confirmed":
        text = words.text(_("source, to be confirmed: {law}"), law=law)
    note = [clock.note.said(words.lang)] if clock.note is not None else []
    return [f"    {line}" for line in (text, *note)]


def contradiction_line(words: Words, rules: Rules, zone: str, found: Contradiction) -> str:
    """The two acts, with their instants, and what to do."""
    first, second = (_act_phrase(words, rules, zone, one) for one in (found.first, found.second))
    said = words.text(
        _("{said} ({first}; {second}.)"), said=found.say.said(words.lang), first=first, second=second
    )
    if found.accepted:
        return words.text(_("{said} A person holds to both."), said=said)
    return words.text(_("{said} Correct one of the two, or hold to both with --even-so."), said=said)


def _act_phrase(words: Words, rules: Rules, zone: str, reached: Reached) -> str:
    anchor = rules.anchor(reached.which)
    title = reached.which if anchor is None else anchor.title.said(words.lang)
    return words.text(_("{act}: {at}"), act=title, at=instant_phrase(words, reached.at, zone))


def history_lines(words: Words, rules: Rules, zone: str, values: list[Value]) -> list[str]:
    """Each value that an anchor has had, oldest first, with its date and basis."""
    lines = []
    for value in values:
        recorded = value.reached.recorded_at
        when = words.text(_("in case.toml")) if recorded is None else words.instant(recorded, zone)
        lines.append(
            words.text(
                _("{act}, {basis}, recorded: {when}"),
                act=_act_phrase(words, rules, zone, value.reached),
                basis=basis_phrase(words, value.reached),
                when=when,
            )
        )
    return lines
