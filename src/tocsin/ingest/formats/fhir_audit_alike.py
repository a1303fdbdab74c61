# SPDX-License-Identifier: Apache-2.0
"""Which values of an AuditEvent are only carried into a column: what `fhir_audit_sql` asks nothing else of.

Whoever changes that statement looks here as well: a value of which it asks more must go, or be of a
narrower kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.ingest.formats.fhir_audit_shape import SHAPE
from tocsin.ingest.interface import Extraction
from tocsin.ingest.json_alike import JsonAlike
from tocsin.ingest.json_ways import MOST_VALUES, Carried
from tocsin.ingest.read.json_spelling import Path, Spelling, spellings_of, within
from tocsin.store.engine import Engine

_CARRIED = {
    "id": Carried.FREE,
    "meta.lastUpdated": Carried.DIGITS,
    "meta.versionId": Carried.DIGITS,
    "recorded": Carried.INSTANT,
    "agent.who.identifier.value": Carried.FREE,
    "agent.who.reference": Carried.REFERENCE,
    "agent.who.display": Carried.FREE,
    "agent.reference.reference": Carried.REFERENCE,
    "agent.userId.value": Carried.FREE,
    "agent.altId": Carried.FREE,
    "agent.name": Carried.FREE,
    "agent.network.address": Carried.IPV4,
    "agent.networkString": Carried.IPV4,
    "source.observer.reference": Carried.REFERENCE,
    "source.observer.display": Carried.FREE,
    "source.observer.identifier.value": Carried.FREE,
    "source.identifier.value": Carried.FREE,
    "entity.what.reference": Carried.REFERENCE,
    "entity.what.identifier.value": Carried.NAME,
    "entity.reference.reference": Carried.REFERENCE,
    "entity.identifier.value": Carried.NAME,
    "entity.name": Carried.FREE,
}
"""By the keys to the value, without the places in lists."""


def learn_events(engine: Engine, extraction: Extraction, texts: Sequence[str]) -> Extraction:
    """The extraction that reads events spelt like some of these as one of them is read."""
    spellings = within((spelling for spelling in spellings_of(texts) if _is_plain(spelling)), MOST_VALUES)
    if not spellings:
        return extraction
    seen = "true as is_json, record as json_text"
    alike = JsonAlike(spellings, _kinds(spellings), (seen, extraction.columns["detail"]), engine)
    return replace(extraction, alike=alike)


def _is_plain(spelling: Spelling) -> bool:
    """No DSTU2, and nothing in the event that another part of it may name."""
    text = "".join(spelling.texts)
    return '"agent"' in text and '"contained"' not in text


def _kinds(spellings: Sequence[Spelling]) -> dict[Path, Carried]:
    """A number is carried where nothing reads it; elsewhere it matters: what is no text is read otherwise."""
    numbers = {path for spelling in spellings for path in {*spelling.paths} - spelling.quoted}
    kinds = {path: _kind_of(path) for spelling in spellings for path in spelling.paths}
    return {
        path: kind
        for path, kind in kinds.items()
        if kind is Carried.UNREAD or (kind is not None and path not in numbers)
    }


def _kind_of(path: Path) -> Carried | None:
    """None for a value that matters."""
    keys = [part for part in path if isinstance(part, str)]
    return _CARRIED.get(".".join(keys)) or (None if _is_read(keys) else Carried.UNREAD)


def _is_read(keys: Sequence[str]) -> bool:
    """Whether the statement sees what stands there; of what it takes as JSON or text, all."""
    shape: object = SHAPE
    for key in keys:
        if isinstance(shape, list):
            shape = shape[0]
        if not isinstance(shape, dict):
            return True
        if key not in shape:
            # DuckDB takes keys that differ by case alone for the same.
            return any(known.lower() == key.lower() for known in shape)
        shape = shape[key]
    return True
