# SPDX-License-Identifier: Apache-2.0
"""An event that names nobody, whose act another log tells exactly, is settled by that witness.

Only a request that every log tells once joins them here; joins by time settle nothing and are not recounted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.recount.case import Source
from tocsin.recount.events import Event, Place
from tocsin.recount.judging import Judged
from tocsin.recount.scoping import NothingShown, Scope, Unresolved

FARTHEST = timedelta(days=1)
NAMING_NOBODY = ("no_rule", "missing_parameter", "unknown_content")
TOLD = ("rule", "login", "logout")
SILENT = ("failure", "retry")
RANKS = {"outside": 1, "same-host": 2, "attacker-reachable": 3}


@dataclass(frozen=True, slots=True)
class Told:
    """What each event in scope showed, as far as a rule of the catalogue says so."""

    by_rule: dict[Place, set[str]]
    """Of disclosures under a rule: the persons or records."""

    reasons: dict[Place, str]
    """Of events that showed nothing."""

    open: dict[Place, Unresolved]

    @classmethod
    def of(cls, scope: Scope) -> Told:
        by_rule: dict[Place, set[str]] = {}
        for one in scope.disclosures:
            if one.category != "undetermined":
                by_rule.setdefault(one.event, set()).add(one.person or one.record or "")
        reasons = {one.event: one.reason for one in scope.nothing_shown}
        return cls(by_rule, reasons, {one.event: one for one in scope.unresolved})

    def tells(self, event: Event) -> bool:
        return event.place in self.by_rule or self.reasons.get(event.place) in TOLD

    def is_open(self, event: Event) -> bool:
        return not self.tells(event) and self.reasons.get(event.place) not in SILENT


def settle(
    scope: Scope, events: Iterable[Event], judged: dict[Place, Judged], sources: Sequence[Source]
) -> Scope:
    """The scope with such events among those that showed nothing, for the reason `witness`."""
    told = Told.of(scope)
    by_name = {source.name: source for source in sources}
    settled: set[Place] = set()
    for act in _acts(events, judged, by_name):
        if not contradict(act, by_name):
            settled.update(
                event.place for event in _open_events(act, told) if _is_told(event, act, told, by_name)
            )
    shown = [*scope.nothing_shown, *(NothingShown(place, "witness") for place in sorted(settled))]
    return Scope(
        scope.disclosures, shown, [one for one in scope.unresolved if one.event not in settled], scope.partly
    )


Act = dict[str, list[Event]]
"""The events of one request, by source."""


def _acts(events: Iterable[Event], judged: dict[Place, Judged], sources: dict[str, Source]) -> list[Act]:
    by_request: dict[str, Act] = {}
    for event in events:
        if (request := event.text("request")) is not None:
            by_request.setdefault(request, {}).setdefault(event.place.source, []).append(event)
    return [
        act
        for act in by_request.values()
        if len(act) > 1
        and any(event.place in judged for told in act.values() for event in told)
        and _is_one(act, sources)
    ]


def _is_one(act: Act, sources: dict[str, Source]) -> bool:
    """Whether each source tells it once, or in steps beside a gateway that tells it once; within a day."""
    several = {name for name, told in act.items() if count_attempts(told) > 1}
    if any(sources[name].kind not in ("application", "database") for name in several):
        return False
    if several and not any(sources[name].kind == "gateway" for name in act if name not in several):
        return False
    times = [event.occurred_at for told in act.values() for event in told]
    return max(times) - min(times) <= FARTHEST


def count_attempts(told: Iterable[Event]) -> int:
    """How many acts a source tells of; a retry is its first attempt's."""
    return len({event.retry_of or event.place for event in told})


def contradict(act: Act, sources: dict[str, Source]) -> bool:
    """Whether the logs of an act say different things of it."""
    people = [told for name, told in act.items() if sources[name].kind != "database"]
    accounts = {name for told in people for event in told if (name := event.text("account"))}
    most = [max(found) for told in people if (found := _numbers(told, "bytes"))]
    paths = {path for told in act.values() for event in told if (path := _path(event))}
    outcomes = {_outcome(told) for told in act.values()}
    persons: set[str] = set()
    if all(count_attempts(told) == 1 for told in act.values()):
        persons = {name for told in act.values() for event in told if (name := event.text("person"))}
    return (
        len(accounts) > 1
        or len(persons) > 1
        or outcomes >= {"success", "failure"}
        or bool(most and max(most) > 10 * min(most) + 65536)
        or any(not max(paths, key=len).endswith(path) for path in paths)
    )


def _numbers(told: Iterable[Event], column: str) -> list[int]:
    return [number for event in told if (number := event.number(column)) is not None]


def _path(event: Event) -> str | None:
    return event.path if event.path and event.path.startswith("/") else None


def _outcome(told: Sequence[Event]) -> str:
    """Success when any attempt succeeded, failure when all failed."""
    outcomes = {event.outcome for event in told}
    if "success" in outcomes:
        return "success"
    return "failure" if outcomes == {"failure"} else "unknown"


def _open_events(act: Act, told: Told) -> list[Event]:
    """Of the sources that tell the act once: the events that name nobody."""
    once = (events for events in act.values() if count_attempts(events) == 1)
    return [
        event
        for events in once
        for event in events
        if (found := told.open.get(event.place)) is not None
        and found.reason in NAMING_NOBODY
        and not found.names
    ]


def _is_told(event: Event, act: Act, told: Told, sources: dict[str, Source]) -> bool:
    """Whether some other source, out of the attacker's reach, tells by rule all that the act showed."""
    for name, events in act.items():
        if name == event.place.source or RANKS[sources[name].custody] == RANKS["attacker-reachable"]:
            continue
        whole = any(told.tells(one) for one in events) and not any(told.is_open(one) for one in events)
        persons = sum(len(told.by_rule.get(one.place, ())) for one in events)
        if whole and persons >= (event.number("items") or 0) and any(_agrees(event, one) for one in events):
            return True
    return False


def _agrees(event: Event, witness: Event) -> bool:
    """Whether something beside the request is the same in both."""
    for column in ("account", "session", "address"):
        if event.text(column) is not None and event.text(column) == witness.text(column):
            return True
    ours, theirs = _path(event) or "/", _path(witness) or "/"
    return len(ours) > 1 and len(theirs) > 1 and (ours.endswith(theirs) or theirs.endswith(ours))
