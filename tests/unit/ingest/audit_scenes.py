# SPDX-License-Identifier: Apache-2.0
"""Audit events that nobody wrote: synthetic, one member at a time changed."""

from __future__ import annotations

import base64
import json

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
REST = "http://hl7.org/fhir/restful-interaction"
BALP = "https://profiles.ihe.net/ITI/BALP"

Members = dict[str, object]


def coded(code: str, system: str = DICOM) -> Members:
    return {"coding": [{"system": system, "code": code}]}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def machine(role: str, address: str, kind: str = "2", **more: object) -> Members:
    return {
        "type": coded(role),
        "who": {"display": f"machine-{role}"},
        "requestor": False,
        "network": {"address": address, "type": kind},
        **more,
    }


def user(reference: str = "Practitioner/p7/_history/2", **more: object) -> Members:
    return {
        "type": coded("IRCP", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"),
        "who": {"reference": reference, "display": "Dr. Synthetic"},
        "requestor": True,
        "policy": ["http://consent.example/yes", "tok-5f3a"],
        **more,
    }


def patient(reference: str, **more: object) -> Members:
    return {"what": {"reference": reference}, "type": {"code": "1"}, "role": {"code": "1"}, **more}


def balp_read(**changes: object) -> Members:
    """A BALP PatientRead; a change of None leaves the member out."""
    event: Members = {
        "resourceType": "AuditEvent",
        "id": "e1",
        "meta": {"profile": [f"{BALP}/StructureDefinition/IHE.BasicAudit.PatientRead"]},
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "subtype": [{"system": REST, "code": "read"}],
        "action": "R",
        "recorded": "2024-05-02T10:00:00.250+02:00",
        "outcome": "0",
        "agent": [
            machine("110153", "https://server.example/fhir", "5"),
            machine("110152", "2001:DB8::7"),
            user(),
        ],
        "source": {"site": "site-1", "observer": {"reference": "Device/gw-1"}},
        "entity": [
            {
                "what": {"reference": "Observation/o1/_history/3"},
                "type": {"code": "2"},
                "role": {"code": "4"},
            },
            patient("https://server.example/fhir/Patient/P0001/_history/1"),
            {"what": {"identifier": {"value": "req-1"}}, "type": {"code": "XrequestId"}},
        ],
    }
    event |= changes
    return {name: member for name, member in event.items() if member is not None}


def balp_query(sent: str, **changes: object) -> Members:
    """A BALP Query with the request as it was sent."""
    return balp_read(
        **{
            "id": "q1",
            "subtype": [{"system": REST, "code": "search-type"}],
            "action": "E",
            "entity": [{"type": {"code": "2"}, "role": {"code": "24"}, "query": encoded(sent)}],
        }
        | changes
    )


def written(*events: Members) -> str:
    """One a line."""
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
