# SPDX-License-Identifier: Apache-2.0
"""The plain spelling of a FHIR AuditEvent in XML, read without a parser: what servers write, and fast.

Plain is: no prefix, comment, entity, narrative or contained resource, one attribute an element at most,
nothing but space between elements. All else, and all that is not well formed, is left to `fhir_xml`; where
both read, they say the same.
"""

from __future__ import annotations

import re

from tocsin.ingest.formats.fhir_xml import BOOLEANS, HOLD_RESOURCES, LISTS, Members, lists_under

_TEXT = r"[^\"<&\x00-\x1f\x7f-\x9f\ufffe\uffff]*"
_SPACE = r"[ \t\r\n]*"
_NAME = r"[A-Za-z][A-Za-z0-9]*"
_ROOT = re.compile(rf'<AuditEvent(?: xmlns="{_TEXT}")?>')
_TOKEN = re.compile(rf'{_SPACE}<(?:/({_NAME})|({_NAME})(?: (value|url|id)="({_TEXT})")?[ ]?(/?))>')
_PLAIN = re.compile(rf"(?:{_TOKEN.pattern})*+{_SPACE}")
_END = "</AuditEvent>"


def plain_audit_event(text: str) -> Members | None:
    """The resource as FHIR JSON, or None when it is not plainly spelt."""
    root = _ROOT.match(text)
    if root is None or not text.endswith(_END):
        return None
    stop = len(text) - len(_END)
    if _PLAIN.fullmatch(text, root.end(), stop) is None:
        return None
    return _read(_TOKEN.findall(text, root.end(), stop))


def _read(tokens: list[tuple[str, str, str, str, str]]) -> Members | None:
    members: Members = {"resourceType": "AuditEvent"}
    lists = lists_under("AuditEvent")
    open_elements: list[tuple[str, Members, frozenset[str]]] = []
    for closing, key, attribute, text, is_empty in tokens:
        if closing:
            if not open_elements or open_elements[-1][0] != closing:
                return None
            name, outer, lists = open_elements.pop()
            _put(outer, name, members, lists)
            members = outer
        elif key in HOLD_RESOURCES or (key == "text" and not open_elements):
            return None
        elif is_empty:
            value: object = {attribute: text} if attribute else {}
            if attribute == "value":
                value = text == "true" if key in BOOLEANS and text in ("true", "false") else text
            _put(members, key, value, lists)
        elif attribute == "value":
            return None
        else:
            open_elements.append((key, members, lists))
            members, lists = {attribute: text} if attribute else {}, lists_under(key)
    return None if open_elements else members


def _put(members: Members, key: str, value: object, lists: frozenset[str]) -> None:
    held = members.get(key)
    if held is None:
        members[key] = [value] if key in LISTS or key in lists else value
    elif isinstance(held, list):
        held.append(value)
    else:
        members[key] = [held, value]
