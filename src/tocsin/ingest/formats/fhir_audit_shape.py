# SPDX-License-Identifier: Apache-2.0
"""The members of an AuditEvent that are read, of STU3 to R5 together, as DuckDB types; DSTU2 by other names.

Only what is read: each member takes memory at every step of the statement. What is a Coding in one version
and a CodeableConcept in another stays JSON text.
"""

from __future__ import annotations

_AGENT = {
    "type": "JSON",
    "role": "JSON",
    "who": {
        "reference": "VARCHAR",
        "display": "VARCHAR",
        "identifier": {"system": "VARCHAR", "value": "VARCHAR", "type": "JSON"},
    },
    "reference": {"reference": "VARCHAR"},
    "userId": {"system": "VARCHAR", "value": "VARCHAR"},
    "altId": "VARCHAR",
    "name": "VARCHAR",
    "requestor": "BOOLEAN",
    "policy": ["VARCHAR"],
    "network": {"address": "VARCHAR", "type": "VARCHAR"},
    "networkString": "VARCHAR",
    "networkUri": "VARCHAR",
}
_IDENTIFIER = {"system": "VARCHAR", "value": "VARCHAR"}
_ENTITY = {
    "what": {"reference": "VARCHAR", "type": "VARCHAR", "identifier": _IDENTIFIER},
    "reference": {"reference": "VARCHAR"},
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
    "patient": {"reference": "VARCHAR", "identifier": _IDENTIFIER},
    "agent": [_AGENT],
    "source": {
        "observer": {"reference": "VARCHAR", "display": "VARCHAR", "identifier": {"value": "VARCHAR"}},
        "identifier": {"value": "VARCHAR"},
    },
    "entity": [_ENTITY],
    "contained": [{"resourceType": "VARCHAR", "id": "VARCHAR", "identifier": [{"value": "VARCHAR"}]}],
}

DSTU2 = {
    "agent": "$.participant",
    "entity": "$.object",
    "type": "$.event.type",
    "subtype": "$.event.subtype",
    "action": "$.event.action",
    "recorded": "$.event.dateTime",
    "outcome": "$.event.outcome",
}
"""Where DSTU2 has what the later versions have at the top."""
