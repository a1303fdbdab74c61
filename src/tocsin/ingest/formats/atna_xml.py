# SPDX-License-Identifier: Apache-2.0
"""An AuditMessage element as a small JSON form that the statement reads: nothing interpreted, nothing lost.

DICOM PS3.15 §A.5 writes codes as `csd-code`, RFC 3881 as `code`: here both are `code`. Attributes keep their
names; elements stand in lists under theirs.
"""

from __future__ import annotations

from lxml import etree

from tocsin.ingest.read.spellings import Free, FreeValues
from tocsin.ingest.read.syslog_frames import header_of
from tocsin.ingest.read.xml_content import local_name

_CODE = "csd-code"

FREE = FreeValues(
    {
        "EventIdentification@EventDateTime": Free.INSTANT,
        "ActiveParticipant@UserID": Free.TEXT,
        "ActiveParticipant@AlternativeUserID": Free.TEXT,
        "ActiveParticipant@UserName": Free.TEXT,
        "ActiveParticipant@NetworkAccessPointID": Free.ADDRESS,
        "ParticipantObjectIdentification@ParticipantObjectID": Free.ID,
        "ParticipantObjectIdentification/ParticipantObjectDetail": Free.TEXT,
    }
)
"""What `atna_audit_sql` tells as it stands, cuts as an identifier, or reads as a time or an address; it
looks for none of their words."""

Members = dict[str, object]


def audit_message(element: etree._Element, before: str) -> Members:
    """`{"syslog": {time, host, tag}, "EventIdentification": {…}, "ActiveParticipant": [{…}], …}`."""
    found: Members = {"kind": local_name(element)}
    if before:
        header = header_of(before)
        found["syslog"] = {"time": header.time, "host": header.host, "tag": header.tag}
    for child in element:
        key = local_name(child)
        held = found.setdefault(key, [])
        if isinstance(held, list):
            held.append(_members(child))
    return found


def _members(element: etree._Element) -> Members:
    found: Members = {str(name): text for name, text in element.items()}
    if _CODE in found:
        found["code"] = found.pop(_CODE)
    for child in element:
        tag = child.tag
        key = tag[tag.rfind("}") + 1 :]
        value: object = _members(child) if len(child) or child.keys() else (child.text or "").strip()
        held = found.setdefault(key, [])
        if isinstance(held, list):
            held.append(value)
        else:
            found[f"{key}_"] = value
    return found
