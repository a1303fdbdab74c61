# SPDX-License-Identifier: Apache-2.0
"""JSON: one object a line, an array, or one document; nested names are joined by dots.

FHIR resources of a Bundle are records of their own, a part for each type; who is meant stands in the type, so
that a practitioner's name is not taken for a patient's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import ClassVar, Final

import msgspec

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches

DEPTH: Final = 32
WIDTH: Final = 2_000
"""Names of one part; further ones are read as prose."""

LONGEST_LINE: Final = 64 << 20
_SAMPLE: Final = 500
_ROLES: Final = {
    "Practitioner": "practitioner",
    "PractitionerRole": "practitioner",
    "RelatedPerson": "guardian",
}
Record = dict[str, str]


class JsonRows(Reader):
    """JSON and NDJSON."""

    name: ClassVar[str] = "json"
    order: ClassVar[int] = 60

    def recognises(self, content: Content) -> bool:
        head = content.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return head[:1] in (b"{", b"[") and (
            content.ending in (".json", ".ndjson", ".jsonl", ".geojson", ".txt", ".log", "")
            or head[:2] in (b'{"', b"[{")
        )

    def read(self, content: Content) -> Iterator[Rows]:
        values = _values(content)
        first = list(islice(values, _SAMPLE))
        yield from rows_of_records(first, values)


def rows_of_records(first: list[tuple[str, Record]], rest: Iterator[tuple[str, Record]]) -> Iterator[Rows]:
    """One part with every name that the first records have; names that come later go into `text`."""
    names: dict[str, None] = {}
    for _part, record in first:
        for name in record:
            if len(names) < WIDTH:
                names.setdefault(name)
    columns = (*(n for n in names if n != "text"), "text")
    yield Rows("", columns, text_batches(columns, _in_order(first, rest, columns)))


def _in_order(
    first: list[tuple[str, Record]], rest: Iterable[tuple[str, Record]], columns: tuple[str, ...]
) -> Iterator[tuple[str | None, ...]]:
    known = set(columns)
    for source in (first, rest):
        for _part, record in source:
            others = " ".join(value for name, value in record.items() if name not in known)
            prose = " ".join(part for part in (record.get("text"), others) if part)
            yield (*(record.get(name) for name in columns[:-1]), prose or None)


def _values(content: Content) -> Iterator[tuple[str, Record]]:
    head = content.head.lstrip()
    line = head.split(b"\n", 1)[0].strip()
    if head[:1] == b"{" and line.endswith(b"}") and b"\n" in content.head and _is_json(line):
        yield from _lines(content)
        return
    yield from _documents(content)


def _lines(content: Content) -> Iterator[tuple[str, Record]]:
    broken = False
    with content.stream() as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise Unreadable("too_large")
            if not line.strip():
                continue
            try:
                yield from records_of(msgspec.json.decode(line))
            except (msgspec.DecodeError, RecursionError, ValueError):
                broken = True
    if broken:
        raise Unreadable("damaged")


def _documents(content: Content) -> Iterator[tuple[str, Record]]:
    try:
        value = msgspec.json.decode(content.whole().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise Unreadable("damaged") from None
    yield from records_of(value)


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return False
    return True


def records_of(value: object) -> Iterator[tuple[str, Record]]:
    """The records of a document: the members of an array or of a Bundle, else the document itself."""
    if isinstance(value, list):
        for member in value:
            yield from records_of(member) if isinstance(member, list) else [_record(member)]
    elif (
        isinstance(value, dict)
        and value.get("resourceType") == "Bundle"
        and isinstance(value.get("entry"), list)
    ):
        for entry in value["entry"]:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            yield _record(resource if resource is not None else entry)
    elif isinstance(value, dict) and len(value) == 1 and isinstance(only := next(iter(value.values())), list):
        yield from records_of(only)
    else:
        yield _record(value)


def _record(value: object) -> tuple[str, Record]:
    if isinstance(value, dict) and isinstance(kind := value.get("resourceType"), str):
        record: Record = {}
        _flatten(record, _ROLES.get(kind, ""), value, 0)
        return kind, _fhir_named(record, value, _ROLES.get(kind, ""))
    record = {}
    _flatten(record, "", value, 0)
    return "", record


def _fhir_named(record: Record, resource: dict[str, object], role: str) -> Record:
    """A FHIR resource keeps its telecoms and identifiers apart by their system (R4, datatypes)."""
    prefix = f"{role}." if role else ""
    for listed, named in (("telecom", _telecom), ("identifier", _identifier)):
        members = resource.get(listed)
        for member in members if isinstance(members, list) else []:
            if isinstance(member, dict) and isinstance(value := member.get("value"), str):
                name = named(str(member.get("system", "")))
                if name:
                    _add(record, f"{prefix}{name}", value)
                    record.pop(f"{prefix}{listed}.value", None)
    return record


def _telecom(system: str) -> str | None:
    return {"phone": "phone", "email": "email", "sms": "phone"}.get(system)


def _identifier(system: str) -> str | None:
    oid = system.removeprefix("urn:oid:")
    if oid.startswith("1.2.250.1.213.1.4."):
        return "ins" if oid.rsplit(".", 1)[1] in ("8", "9") else "ins_test"
    return "rpps" if oid in ("1.2.250.1.71.4.2.1", "https://rpps.esante.gouv.fr") else None


def _flatten(record: Record, name: str, value: object, depth: int) -> None:
    if depth > DEPTH or value is None:
        return
    if isinstance(value, dict):
        for key, member in value.items():
            _flatten(record, f"{name}.{key}" if name else str(key), member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _flatten(record, name, member, depth + 1)
    else:
        text = (
            value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        )
        _add(record, name or "text", text)


def _add(record: Record, name: str, text: str) -> None:
    """Several values of one name: further ones are prose, so that none is lost."""
    if name in record and record[name] != text:
        record["text"] = f"{record['text']} {text}" if "text" in record else text
    else:
        record[name] = text
