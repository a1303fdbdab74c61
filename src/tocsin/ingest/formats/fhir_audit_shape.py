# SPDX-License-Identifier: Apache-2.0
"""The members of an AuditEvent that are read, of all versions from DSTU2 to R5 together, as DuckDB types.

What is a Coding in one version and a CodeableConcept in another stays JSON text.
"""

from __future__ import annotations

_IDENTIFIER = {"system": "VARCHAR", "value": "VARCHAR", "type": "JSON"}
_REFERENCE = {"reference": "VARCHAR", "type": "VARCHAR", "display": "VARCHAR", "identifier": _IDENTIFIER}
_AGENT = {
    "type": "JSON",
    "role": "JSON",
    "who": _REFERENCE,
    "reference": _REFERENCE,
    "userId": _IDENTIFIER,
    "altId": "VARCHAR",
    "name": "VARCHAR",
    "requestor": "BOOLEAN",
    "policy": ["VARCHAR"],
    "network": {"address": "VARCHAR", "type": "VARCHAR"},
    "networkString": "VARCHAR",
    "networkUri": "VARCHAR",
}
_ENTITY = {
    "what": _REFERENCE,
    "reference": _REFERENCE,
    "identifier": _IDENTIFIER,
    "type": "JSON",
    "role": "JSON",
    "name": "VARCHAR",
    "query": "VARCHAR",
}
SHAPE = {
    "resourceType": "VARCHAR",
    "id": "VARCHAR",
    "meta": "JSON",
    "type": "JSON",
    "subtype": "JSON",
    "category": "JSON",
    "code": "JSON",
    "action": "VARCHAR",
    "recorded": "VARCHAR",
    "period": {"start": "VARCHAR"},
    "occurredPeriod": {"start": "VARCHAR"},
    "occurredDateTime": "VARCHAR",
    "outcome": "JSON",
    "patient": _REFERENCE,
    "event": {
        "type": "JSON",
        "subtype": "JSON",
        "action": "VARCHAR",
        "dateTime": "VARCHAR",
        "outcome": "VARCHAR",
    },
    "agent": [_AGENT],
    "participant": [_AGENT],
    "source": {"observer": _REFERENCE, "identifier": _IDENTIFIER},
    "entity": [_ENTITY],
    "object": [_ENTITY],
    "contained": [{"resourceType": "VARCHAR", "id": "VARCHAR", "identifier": [_IDENTIFIER]}],
}
