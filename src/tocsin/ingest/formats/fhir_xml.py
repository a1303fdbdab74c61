# SPDX-License-Identifier: Apache-2.0
"""A FHIR AuditEvent element as the JSON form of the same resource (https://hl7.org/fhir/json.html).

Only the cardinalities that an AuditEvent needs are known, of all versions from DSTU2; any other element is a
list when it is repeated. The narrative is left out: it tells the same again.
"""

from __future__ import annotations

from lxml import etree

from tocsin.ingest.read.xml_content import local_name

LISTS = frozenset(
    {
        *("agent", "participant", "entity", "object", "contained", "category", "subtype", "coding", "detail"),
        *("policy", "profile", "security", "securityLabel", "tag", "authorization", "basedOn"),
        *("purposeOfEvent", "purposeOfUse", "extension", "modifierExtension"),
    }
)
_LISTS_UNDER = {
    "agent": frozenset({"role"}),
    "participant": frozenset({"role"}),
    "source": frozenset({"type"}),
    "contained": frozenset({"identifier", "name"}),
    "outcome": frozenset({"detail"}),
}
HOLD_RESOURCES = ("contained", "resource")
_NO_LISTS: frozenset[str] = frozenset()
BOOLEANS = ("requestor", "userIsRequestor")

Members = dict[str, object]


def lists_under(name: str) -> frozenset[str]:
    """What else is a list in an element of this name."""
    return _LISTS_UNDER.get(name, _NO_LISTS)


def audit_event(element: etree._Element, before: str = "") -> Members:
    """The resource as FHIR JSON; what stands before it in the record says nothing more of it."""
    del before
    return {"resourceType": local_name(element), **_members(element, local_name(element))}


def _members(element: etree._Element, name: str) -> Members:
    found: Members = {str(key): text for key, text in element.items() if key in ("url", "id")}
    lists = lists_under(name)
    for child in element:
        tag = child.tag
        key = tag[tag.rfind("}") + 1 :]
        if key == "text" and name.startswith("AuditEvent"):
            continue
        value = _value(child, key)
        if key in found:
            held = found[key]
            found[key] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[key] = [value] if key in LISTS or key in lists else value
    return found


def _value(element: etree._Element, key: str) -> object:
    text = element.get("value")
    if text is not None:
        return text == "true" if key in BOOLEANS and text in ("true", "false") else text
    if key in HOLD_RESOURCES and len(element):
        held = element[0]
        return {"resourceType": local_name(held), **_members(held, "contained")}
    return _members(element, key)
