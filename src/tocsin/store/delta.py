# SPDX-License-Identifier: Apache-2.0
"""A generation told by what it changes of the one before, for journals that grow by the minute.

A change names its digest of the whole: whoever holds the generation before can tell that nothing else
changed, and CURRENT, which lists every part, is held to that digest. It is no compression of the tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from tocsin.journal.chain import Json, canonical
from tocsin.store.generation_body import Generation
from tocsin.store.parts import Part

WHOLE: Final = "whole"
"""In the body of a change: SHA-256 of the canonical body of the whole generation."""

WHOLE_EVERY: Final = 1000
"""Generations after which one is told whole again: so many at most are read where CURRENT is lost."""


def digest_of(generation: Generation) -> str:
    """SHA-256 of the generation as CURRENT lists it."""
    return hashlib.sha256(canonical(generation.body()).encode()).hexdigest()


def is_change(body: Mapping[str, Json]) -> bool:
    """Whether an entry tells a change, and not a whole generation."""
    return WHOLE in body


def told_body(before: Generation, after: Generation) -> dict[str, Json]:
    """What the journal says of a new generation: the change where that is shorter, else all of it."""
    whole = after.body()
    if before.number == 0 or after.number % WHOLE_EVERY == 0:
        return whole
    change = _change(before, after)
    if apply_change(before, change) != after or 2 * _length(change) > _length(whole):
        return whole
    return change


def apply_change(before: Generation, change: Mapping[str, Json]) -> Generation | None:
    """The generation after a change of this one; None when it is a change of another one."""
    raw = json.loads(json.dumps(change))
    tables, stages = dict(before.tables), {**before.stages, **raw["stages"]}
    for name, told in raw["tables"].items():
        added = [Part(**part) for part in told["added"]]
        gone = {*told["gone"], *(part.path for part in added)}
        kept = [part for part in before.tables.get(name, ()) if part.path not in gone]
        tables[name] = tuple(sorted([*kept, *added], key=_by_path))
    after = Generation(raw["generation"], raw["code"], tables, stages)
    return after if digest_of(after) == raw[WHOLE] else None


def _change(before: Generation, after: Generation) -> dict[str, Json]:
    changed = {n: parts for n, parts in after.tables.items() if parts != before.tables.get(n)}
    return {
        "generation": after.number,
        "code": after.code,
        "stages": {n: digest for n, digest in sorted(after.stages.items()) if digest != before.stages.get(n)},
        "tables": {n: _changed(before.tables.get(n, ()), parts) for n, parts in sorted(changed.items())},
        WHOLE: digest_of(after),
    }


def _changed(before: tuple[Part, ...], after: tuple[Part, ...]) -> dict[str, Json]:
    old, places = set(before), {part.path for part in after}
    return {
        "rows": sum(part.rows for part in after),
        "added": [dict(sorted(asdict(part).items())) for part in after if part not in old],
        "gone": [*sorted(part.path for part in before if part.path not in places)],
    }


def _length(body: Mapping[str, Json]) -> int:
    return len(canonical(body))


def _by_path(part: Part) -> str:
    return part.path
