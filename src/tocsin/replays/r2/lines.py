# SPDX-License-Identifier: Apache-2.0
"""Puts acts into FHIR AuditEvents, one a line, as the identity server's audit repository keeps them.

Searches are ITI-78 queries after IHE BALP: the request is there in base64, what it found is not. A reading
names its patient; a sign-in follows DICOM's codes.
"""

from __future__ import annotations

import base64
from urllib.parse import quote

import numpy as np

from tocsin.replays.chance import Bits, Flags, Ints, tokens
from tocsin.replays.days import DAY
from tocsin.replays.r2.acts import LOGIN, LOGIN_FAILED, READ, READ_FAILED, SEARCH, Acts, World
from tocsin.replays.r2.people import SEXES, name_of
from tocsin.replays.r2.size import REGIONS
from tocsin.replays.stamps import iso_stamps
from tocsin.replays.text import Cells, constant, hexadecimal, join, only, words

OUTSIDE = ("203.0.113.77", "2001:db8:5ca1:77::d1", "192.0.2.80", "198.51.100.201")
_BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/"
_REST = '"type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type","code":"rest"},"subtype":[{"system":"http://hl7.org/fhir/restful-interaction","code":"%s"}%s],"action":"%s"'
_ITI = ',{"system":"urn:ihe:event-type-code","code":"ITI-78"}'
_SIGN = (
    '"type":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110114"},"subtype":'
    '[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"110122"}],"action":"E"'
)
_KINDS = {
    SEARCH: ("IHE.BasicAudit.Query", _REST % ("search", _ITI, "E"), "0"),
    READ: ("IHE.BasicAudit.PatientRead", _REST % ("read", "", "R"), "0"),
    LOGIN: ("IHE.BasicAudit.UserLogin", _SIGN, "0"),
    LOGIN_FAILED: ("IHE.BasicAudit.UserLogin", _SIGN, "8"),
    READ_FAILED: ("IHE.BasicAudit.PatientRead", _REST % ("read", "", "R"), "8"),
}
_PORTAL_IS = ("110153", "110152", "110153", "110153", "110152")
"""By kind: data flow to who reads (destination), from who asks (source), as BALP has it."""

_PROFESSIONAL = (
    b'","type":"2"}},{"type":{"coding":[{"system":'
    b'"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},'
    b'"who":{"identifier":{"system":"urn:oid:1.2.250.1.71.4.2.1","value":"'
)
_QUERY_ENTITY = (
    b'{"type":{"system":"http://terminology.hl7.org/CodeSystem/audit-entity-type","code":"2"},"role":{"system":'
    b'"http://terminology.hl7.org/CodeSystem/object-role","code":"24"},"query":"'
)
_PATIENT_ENTITY = (
    b'{"what":{"reference":"Patient/',
    b'"},"role":{"system":"http://terminology.hl7.org/CodeSystem/object-role","code":"1"}}',
)


def professional(account: int) -> str:
    """Give the national number of a professional, which is the account."""
    return f"8100{1_000_000 + account * 37:07d}"


def address(index: int) -> str:
    """Give an address; practices come after those outside."""
    if index < len(OUTSIDE):
        return OUTSIDE[index]
    return f"198.18.{index >> 8 & 255}.{index & 255}"


def audit_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the AuditEvents of these acts."""
    part = acts[index]
    kind = part["kind"].astype(np.intp)
    region = REGIONS[world.size.region]
    number = world.crowd.chance.bits("audit id", index)
    return join(
        len(part),
        [
            b'{"resourceType":"AuditEvent","id":"',
            hexadecimal(number),
            b'","meta":{"profile":["' + _BALP.encode(),
            words([_KINDS[at][0] for at in range(5)])[kind],
            b'"]},',
            words([_KINDS[at][1] for at in range(5)])[kind],
            b',"recorded":"',
            *iso_stamps(part["at"]),
            b'Z","outcome":"',
            words([_KINDS[at][2] for at in range(5)])[kind],
            b'","agent":[{"type":{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"',
            words(_PORTAL_IS)[kind],
            b'"}]},"who":{"display":"portail-pro"},"requestor":false,"network":{"address":"',
            words([address(at) for at in range(4 + world.size.accounts)])[part["address"]],
            _PROFESSIONAL,
            words([professional(at) for at in range(world.size.accounts)])[part["account"]],
            b'"}},"requestor":true,"policy":["',
            hexadecimal(_sessions(part), 12),
            f'"]}}],"source":{{"observer":{{"display":"identite-{region}"}}}},"entity":['.encode(),
            *_entities(world, part),
            b"]}\n",
        ],
    )


def _entities(world: World, part: Acts) -> list[Cells]:
    is_search = part["kind"] == SEARCH
    is_reading = (part["kind"] == READ) | (part["kind"] == READ_FAILED)
    return [
        constant(_QUERY_ENTITY, is_search),
        _queries(world, part, is_search),
        constant(b'"}', is_search),
        constant(_PATIENT_ENTITY[0], is_reading),
        only(world.patients.numbering.cells(part["row"]), is_reading),
        constant(_PATIENT_ENTITY[1], is_reading),
    ]


def _queries(world: World, part: Acts, where: Flags) -> Cells:
    """The requests in base64; distinct ones are few in a lot."""
    code, place = np.unique(part["key"] * 100_000 + part["page"], return_inverse=True)
    region = REGIONS[world.size.region]
    texts = [_query(region, one // 100_000, one % 100_000) for one in code.tolist()]
    return only(words(texts)[place], where)


def _query(region: str, key: int, page: int) -> str:
    name = quote(name_of(key), safe="")
    target = f"https://identite.{region}.example/fhir/Patient?family={name}&gender={SEXES[key % 2]}&_count=20"
    return base64.b64encode((target + (f"&page={page}" if page else "")).encode()).decode()


def _sessions(part: Acts) -> Bits:
    """One token a day for each account, address and person behind it."""
    mixed = ((part["at"] // DAY * 1_000_003 + part["account"]) * 4_099 + part["address"]) * 2 + part["who"]
    return tokens(mixed, 0x2545F491)
