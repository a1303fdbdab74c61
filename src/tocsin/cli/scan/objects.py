# SPDX-License-Identifier: Apache-2.0
"""What `tocsin scan` found, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.cli.scan.names import names_object
from tocsin.cli.scan.share import Asked, flow_object, path_of
from tocsin.scope.profiles.hygiene import Decision
from tocsin.scope.profiles.profile import ColumnProfile, Profile
from tocsin.scope.profiles.scan import Totals

PEOPLE = ("persons", "guardians", "professionals")


def file_object(profile: Profile, share: Asked) -> dict[str, object]:
    """Everything of one file; nobody is named."""
    return {
        "file": profile.label,
        "path": path_of(profile),
        "sha256": profile.sha256,
        "kind": profile.kind,
        "bytes": profile.bytes,
        "changed_at": _at(profile.changed_at),
        "used_at": _at(profile.used_at),
        "rows": profile.rows,
        **_people_of(profile.distinct),
        "categories": {
            name: {"values": count, "confidence": sure} for name, (count, sure) in profile.categories.items()
        },
        "columns": [_column_of(one, share.decision(profile, one.column.name)) for one in profile.columns],
        "false_keys": profile.false_keys,
        "contradictory_ins": profile.contradictory_ins,
        "possible_names": names_object(profile.possible_names),
        "past_purpose": share.is_past(profile) if share.is_about_age else None,
        "flow": flow_object(share, profile),
        "unreadable": profile.unreadable,
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")


def _column_of(one: ColumnProfile, decision: Decision | None) -> dict[str, object]:
    return {
        "part": one.part,
        "column": one.column.name,
        "category": one.column.category,
        "confidence": one.column.confidence,
        "basis": one.column.basis,
        "confirmed_by": None if decision is None else decision.by,
        "confirmed_on": None if decision is None else decision.on.isoformat(),
        "whose": one.column.role,
        "filled": one.filled,
        "fitting": one.fitting,
        "false_keys": one.false_keys,
    }


def _people_of(distinct: Mapping[str, int]) -> dict[str, object]:
    """Persons by what they are to the rows, and the identifiers."""
    return {
        **{name: distinct.get(name, 0) for name in PEOPLE},
        "identifiers": {name: n for name, n in distinct.items() if name not in PEOPLE},
    }


def totals_object(totals: Totals, told: list[dict[str, object]]) -> dict[str, object]:
    """Over all files: a person in two of them counts once."""
    return {
        "files": totals.files,
        "bytes": totals.bytes,
        "rows": totals.rows,
        **_people_of(totals.distinct),
        "categories": totals.categories,
        "false_keys": totals.false_keys,
        "contradictory_ins": totals.contradictory_ins,
        "possible_names": names_object(totals.possible_names),
        "past_purpose": sum(bool(one["past_purpose"]) for one in told),
        "unreadable": totals.unreadable,
    }
