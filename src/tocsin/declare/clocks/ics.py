# SPDX-License-Identifier: Apache-2.0
"""Deadlines as an iCalendar file (RFC 5545): UTC stamps, alarms, and the same UID at each export.

A calendar that already holds a deadline moves it (SEQUENCE) instead of showing it twice. Nothing of a person
is in it: the id of the case, the words of the table, instants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from tocsin.core.words import Words, _, visible
from tocsin.declare.clocks.acts import Acts
from tocsin.declare.clocks.deadline import Alarm, Deadline, State

_WIDEST = 75
"""Octets of a line, RFC 5545 section 3.1."""


def calendar_of(words: Words, case: str, deadlines: Iterable[Deadline], acts: Acts) -> str:
    """The calendar; what a person took back is cancelled in it. SEQUENCE is the number of decisions."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tocsin//clocks//EN", "CALSCALE:GREGORIAN"]
    for deadline in deadlines:
        if deadline.end is not None:
            lines += _event(words, case, deadline, deadline.end, acts.decisions)
        elif _was_taken_back(deadline, acts):
            lines += _event(words, case, deadline, deadline.now, acts.decisions, is_off=True)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in fold_line(line))


def uid_of(case: str, deadline: Deadline) -> str:
    """The same for one clock, case and controller, whenever it is exported."""
    text = "\n".join((case, deadline.clock.id, deadline.controller or ""))
    return f"{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}@tocsin"


def fold_line(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, cut between characters; the later ones begin with a space."""
    held, width = "", 0
    for character in line:
        size = len(character.encode())
        if width + size > _WIDEST:
            yield held
            held, width = " ", 1
        held += character
        width += size
    yield held


def escape(text: str) -> str:
    """A TEXT value (RFC 5545 section 3.3.11), its control characters spelt out."""
    shown = "\n".join(visible(line) for line in text.splitlines())
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        shown = shown.replace(plain, escaped)
    return shown


def _was_taken_back(deadline: Deadline, acts: Acts) -> bool:
    """Whether a calendar may hold it from before a person said that it does not bind, or did not begin."""
    clock = deadline.clock
    decided = deadline.state is State.NOT_APPLICABLE and deadline.capacity in acts.capacities
    withdrawn = (clock.anchor, deadline.controller) in acts.withdrawn
    return (clock.has_term or clock.contract) and (decided or withdrawn)


def _event(
    words: Words, case: str, deadline: Deadline, at: datetime, sequence: int, *, is_off: bool = False
) -> list[str]:
    summary = words.text(_("{case}: {duty}"), case=case, duty=_duty(words, deadline))
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid_of(case, deadline)}",
        f"DTSTAMP:{_stamp(deadline.now)}",
        f"DTSTART:{_stamp(at)}",
        f"SEQUENCE:{sequence}",
        f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"SUMMARY:{escape(summary)}",
        f"DESCRIPTION:{escape(_description(words, deadline))}",
    ]
    for alarm in deadline.alarms:
        lines += _alarm(summary, alarm)
    return [*lines, "END:VEVENT"]


def _duty(words: Words, deadline: Deadline) -> str:
    title = deadline.clock.title.said(words.lang)
    if deadline.state is State.MET:
        return words.text(_("{duty} (done)"), duty=title)
    if deadline.to_be_confirmed:
        return words.text(_("{duty} (to be confirmed)"), duty=title)
    return title


def _description(words: Words, deadline: Deadline) -> str:
    clock = deadline.clock
    parts = [clock.do, clock.to, clock.law, *([clock.note] if clock.note else [])]
    return "\n".join([*(part.said(words.lang) for part in parts), clock.link])


def _alarm(summary: str, alarm: Alarm) -> list[str]:
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:-{_duration(alarm.before)}",
        f"DESCRIPTION:{escape(summary)}",
        "END:VALARM",
    ]


def _duration(length: timedelta) -> str:
    """RFC 5545 section 3.3.6, to the second: half of an odd length is rounded towards the start."""
    seconds = -(-length // timedelta(seconds=1))
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (left, "S")) if n)
    # An hour and some seconds must name the minutes too: the grammar has no gap.
    if hours and left and not minutes:
        parts = f"{hours}H0M{left}S"
    return f"PT{parts or '0S'}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
