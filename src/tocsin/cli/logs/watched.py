# SPDX-License-Identifier: Apache-2.0
"""What `watch` says to people, state by state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.errors import TocsinError
from tocsin.core.words import Words, _, visible
from tocsin.watch.run import Told

WHY: Final = {
    "not_watching": _("nobody watched"),
    "gone": _("a file went while it was being written to"),
    "case_locked": _("another run held the case"),
}
"""Why nothing was read, in words; else the error's own code."""


INSTANTS: Final = ("first_at", "from", "until", "last")
"""What of a state is an instant: people read it on the clock of their case."""


def lines_of(words: Words, state: str, told: Told, zone: str = "UTC") -> list[str]:
    """The lines of one state, its instants in that zone; none where there is nothing for people."""
    lines = _LINES.get(state)
    if lines is None:
        return []
    spoken = {name: _spoken(words, name, value, zone) for name, value in told.items()}
    return [visible(line) for line in lines(words, spoken)]


def _spoken(words: Words, name: str, value: object, zone: str) -> object:
    if name not in INSTANTS or not value:
        return value
    return words.instant(datetime.fromisoformat(str(value)), zone)


def _watching(words: Words, told: Told) -> list[str]:
    sources = told["sources"]
    names = words.listing(map(str, sources)) if isinstance(sources, list) else ""
    return [words.text(_("Watching: {sources}"), sources=names)]


def _alarm(words: Words, told: Told) -> list[str]:
    said = told["words"]
    why = str(said.get(words.lang, "")) if isinstance(said, dict) else ""
    events = told["event_ids"]
    listed = ", ".join(map(str, events)) if isinstance(events, list) else ""
    figures = words.text(
        _("  Before this alarm, in {delay} of log time: acts: {events}; distinct patients: {persons}."),
        events=_whole(told["events"]),
        persons=_whole(told["persons"]),
        delay=words.elapsed(timedelta(seconds=_whole(told["delay_s"]))),
    )
    return [
        words.text(_("ALARM  account {account}: {why}"), account=str(told["account"]), why=why),
        figures,
        words.text(
            _("  From {first}. Records to look at: {events}"), first=str(told["first_at"]), events=listed
        ),
    ]


def _withheld(words: Words, told: Told) -> list[str]:
    """No alarm, and by whose word."""
    sentence = _(
        "No alarm for the account {account} ({reason}, from {first}): held legitimate by {who} ({decision})."
    )
    said = {name: str(told[name]) for name in ("account", "reason", "decision")}
    who = str(told["by"]) or words.text(_("a person"))
    return [words.text(sentence, first=str(told["first_at"]), who=who, **said)]


def _gap(words: Words, told: Told) -> list[str]:
    values = {"start": str(told["from"]), "why": _why(words, told)}
    about = str(told["about"])
    if told["why"] == "gone":
        sentence = _("{path} went between {start} and {end} while it grew: its end may never have been read.")
        return [words.text(sentence, path=about, start=values["start"], end=str(told["until"]))]
    return [words.text(_("Nothing was read since {start} ({why}): it is read now."), **values)]


def _back(words: Words, told: Told) -> list[str]:
    values = {"start": str(told["from"]), "end": str(told["until"]), "why": _why(words, told)}
    return [
        words.plural(
            "Read again: from {start} to {end} ({why}) nothing was read; one event was read now.",
            "Read again: from {start} to {end} ({why}) nothing was read; {n} events were read now.",
            _whole(told["events"]),
            **values,
        )
    ]


def _left(words: Words, told: Told) -> list[str]:
    error = told["error"]
    what = words.told(error.what_id, error.values) if isinstance(error, TocsinError) else ""
    sentence = _("{path} cannot be read for now and is tried again: {what}")
    return [words.text(sentence, path=str(told["path"]), what=what)]


def _trouble(words: Words, told: Told) -> list[str]:
    if told["channel"] and told["why"]:
        sentence = _("Alarms do not get through by {channel} ({why}): they are kept and sent again.")
        return [words.text(sentence, channel=str(told["channel"]), why=str(told["why"]))]
    if told["channel"]:
        return [words.text(_("Alarms get through by {channel} again."), channel=str(told["channel"]))]
    error = told.get("error")
    what = words.told(error.what_id, error.values) if isinstance(error, TocsinError) else str(told["why"])
    return [words.text(_("Nothing can be read for now, and it is tried again: {what}"), what=what)]


def _silent(words: Words, told: Told) -> list[str]:
    sentence = _("The source {source} says nothing since {last}, although it should.")
    return [words.text(sentence, source=str(told["source"]), last=str(told["last"]))]


def _speaks(words: Words, told: Told) -> list[str]:
    return [words.text(_("The source {source} speaks again."), source=str(told["source"]))]


def _warning(words: Words, told: Told) -> list[str]:
    text = told["text"]
    said = words.told(*text) if isinstance(text, tuple) else ""
    return [f"{words.text(_('Warning:'))} {said} {told['where']}".rstrip()]


def _ended(words: Words, told: Told) -> list[str]:
    sentence = _("Events read: {events}; alarms raised: {alarms}; deliveries waiting: {waiting}.")
    values = {"events": "events", "alarms": "alarms", "waiting": "undelivered"}
    return [words.text(sentence, **{name: _whole(told[key]) for name, key in values.items()})]


def _why(words: Words, told: Told) -> str:
    code = str(told["why"])
    return words.text(WHY[code]) if code in WHY else code


def _whole(value: object) -> int:
    return round(float(str(value)))


_LINES: Final[dict[str, Callable[[Words, Told], list[str]]]] = {
    "watching": _watching,
    "alarm": _alarm,
    "withheld": _withheld,
    "gap": _gap,
    "back": _back,
    "left": _left,
    "trouble": _trouble,
    "silent": _silent,
    "speaks": _speaks,
    "warning": _warning,
    "ended": _ended,
}
