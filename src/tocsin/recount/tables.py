# SPDX-License-Identifier: Apache-2.0
"""The tables of a recount as plain rows, named and shaped like the product's.

Events are named `source:line`, not by number: the recount has numbers of its own for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.recount.events import Event
from tocsin.recount.instants import write_instant
from tocsin.recount.run import Recount
from tocsin.recount.values import Table


def list_rows(recounted: Recount, table: str) -> list[Table]:
    """Rows of events, set_aside, judged, disclosures, nothing_shown, unresolved, persons or exposure."""
    return TABLES[table](recounted)


def _events(recounted: Recount) -> list[Table]:
    return [_event(event) for event in recounted.events]


def _event(event: Event) -> Table:
    row: Table = {name: _plain(value) for name, value in event.columns.items()}
    row |= {
        "event": event.place.label,
        "source": event.place.source,
        "occurred_at": write_instant(event.occurred_at),
        "retry_of": event.retry_of.label if event.retry_of else None,
    }
    return row


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    return list(value) if isinstance(value, tuple) else value


def _set_aside(recounted: Recount) -> list[Table]:
    return [
        {"record": one.place.label, "reason": one.reason, "text": one.text} for one in recounted.set_aside
    ]


def _judged(recounted: Recount) -> list[Table]:
    return [{"event": one.event.label, "verdict": one.verdict, "p": one.p} for one in recounted.judged]


def _disclosures(recounted: Recount) -> list[Table]:
    return [
        {
            "event": one.event.label,
            "registry": one.registry,
            "person": one.person,
            "record_type": one.record_type,
            "record": one.record,
            "category": one.category,
            "certainty": one.certainty,
            "exact": one.exact,
            "protection": one.protection,
            "controller": one.controller,
            "occurred_at": write_instant(one.occurred_at),
            "action": one.action,
        }
        for one in recounted.scope.disclosures
    ]


def _nothing_shown(recounted: Recount) -> list[Table]:
    return [{"event": one.event.label, "reason": one.reason} for one in recounted.scope.nothing_shown]


def _unresolved(recounted: Recount) -> list[Table]:
    return [
        {"event": one.event.label, "reason": one.reason, "bound": one.bound}
        for one in recounted.scope.unresolved
    ]


def _persons(recounted: Recount) -> list[Table]:
    return [
        {"registry": one.registry, "person": one.person, "person_id": one.person_id}
        for one in recounted.persons
    ]


def _exposure(recounted: Recount) -> list[Table]:
    return [
        {
            "person_id": one.person_id,
            "category": one.category,
            "certainty": one.certainty,
            "count_in": one.count_in,
            "first_at": _plain(one.first_at),
            "last_at": _plain(one.last_at),
            "events": one.events,
        }
        for one in recounted.exposure
    ]


TABLES: dict[str, Callable[[Recount], list[Table]]] = {
    "events": _events,
    "set_aside": _set_aside,
    "judged": _judged,
    "disclosures": _disclosures,
    "nothing_shown": _nothing_shown,
    "unresolved": _unresolved,
    "persons": _persons,
    "exposure": _exposure,
}
