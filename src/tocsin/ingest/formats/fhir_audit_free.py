# SPDX-License-Identifier: Apache-2.0
"""Which values of an AuditEvent, in JSON or XML, are free: what `fhir_audit_sql` asks nothing else of.

Whoever changes that statement looks here as well: a value of which it asks more must go, or be of a
narrower kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.ingest.formats.fhir_audit_shape import SHAPE
from tocsin.ingest.read.spellings import Free, FreeValues

_PLACES = {
    "id": Free.TEXT,
    "meta/lastUpdated": Free.DIGITS,
    "meta/versionId": Free.DIGITS,
    "recorded": Free.INSTANT,
    "occurredDateTime": Free.INSTANT,
    "occurredPeriod/start": Free.INSTANT,
    "occurredPeriod/end": Free.TEXT,
    "period/start": Free.INSTANT,
    "period/end": Free.TEXT,
    "patient/reference": Free.ID,
    "agent/who/reference": Free.ID,
    "agent/who/identifier/value": Free.TEXT,
    "agent/who/display": Free.TEXT,
    "agent/reference/reference": Free.ID,
    "agent/userId/value": Free.TEXT,
    "agent/altId": Free.TEXT,
    "agent/name": Free.TEXT,
    "agent/network/address": Free.ADDRESS,
    "agent/networkString": Free.ADDRESS,
    "source/observer/reference": Free.ID,
    "source/observer/display": Free.TEXT,
    "source/observer/identifier/value": Free.TEXT,
    "source/identifier/value": Free.TEXT,
    "entity/what/reference": Free.ID,
    "entity/what/identifier/value": Free.ID,
    "entity/reference/reference": Free.ID,
    "entity/identifier/value": Free.ID,
    "entity/name": Free.TEXT,
    "entity/detail/valueString": Free.TEXT,
}


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


def _is_usual(text: str) -> bool:
    """No DSTU2, and nothing in the event that another part of it may name."""
    return '"agent"' in text and '"contained"' not in text


FREE = FreeValues(_PLACES, words=("agent", "participant", "text"), is_read=_is_read, is_usual=_is_usual)
"""What is told as it stands, cut as an identifier, or read as a time or an address. The words are members
that are looked for in the whole text."""
