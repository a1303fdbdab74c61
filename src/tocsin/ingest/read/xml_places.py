# SPDX-License-Identifier: Apache-2.0
"""Where the values of an audit element stand: the names of the elements around each attribute.

The root's own name is left out, and namespaces: `agent/who@id`. So is that of an attribute `value`, which in
FHIR is what the element says: `agent/who/identifier/value`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

from lxml import etree

from tocsin.ingest.read.spellings import Free, Value
from tocsin.ingest.read.xml_content import local_name, parse_audit

_MARK = f"q{secrets.token_hex(8)}"
"""Nobody can write a record that has it; as a namespace it is one."""


def places_of(text: str) -> list[tuple[str, str]] | None:
    """(value, place) of each attribute in a record's audit element; None where it has no such whole one."""
    parsed = parse_audit(text)
    return None if parsed is None else list(_places(parsed[0], ""))


def _places(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    for name, value in element.items():
        yield str(value), path if name == "value" else f"{path}@{name!s}"
    for child in element:
        yield from _places(child, f"{path}/{local_name(child)}" if path else local_name(child))


def _mark(number: int) -> str:
    return f"{_MARK}x{number}"


def values_of(gaps: list[str], free: Mapping[str, Free]) -> list[Value | None] | None:
    """What each quoted value between these texts is, None where it is not free; None for all where the
    texts are not those of a whole element."""
    text = gaps[0] + "".join(f"{_mark(at)}{gap}" for at, gap in enumerate(gaps[1:]))
    found = places_of(text)
    if found is None:
        return None
    said = {value: place for value, place in found if place in free}
    places = [said.get(_mark(at)) for at in range(len(gaps) - 1)]
    return [None if place is None else Value(free[place], place) for place in places]
