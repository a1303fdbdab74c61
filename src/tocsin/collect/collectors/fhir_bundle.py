# SPDX-License-Identifier: Apache-2.0
"""A page of a FHIR search: a Bundle of type searchset (FHIR R4 §2.36), its resources as the bytes they came
in.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.collect.answers import decoded
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible


class Search(msgspec.Struct):
    """`entry.search`: match, include or outcome."""

    mode: str = "match"


class Entry(msgspec.Struct):
    """`Bundle.entry`"""

    resource: msgspec.Raw = msgspec.Raw(b"{}")
    search: Search = msgspec.field(default_factory=Search)


class Link(msgspec.Struct):
    """`Bundle.link`"""

    relation: str
    url: str


class _Kind(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType", default="")


class _Named(msgspec.Struct):
    id: str | None = None
    recorded: str | None = None


class _Issue(msgspec.Struct):
    severity: str = ""


class _Outcome(msgspec.Struct):
    issue: list[_Issue] = []


class Bundle(msgspec.Struct):
    """One page."""

    type: str
    total: int | None = None
    link: list[Link] = []
    entry: list[Entry] = []

    @staticmethod
    def read(body: bytes, name: str) -> Bundle:
        """Raises MachineError for a cut answer, InputError for one that is no page of a search."""
        kind = decoded(body, _Kind, name).resource_type
        bundle = decoded(body, Bundle, name) if kind == "Bundle" else None
        if bundle is None or bundle.type != "searchset":
            raise InputError(
                _("The place of the source '{name}' answers with {kind}, not with a page of a search."),
                do=_("Check that `url` is the base of the FHIR server."),
                code="no_bundle",
                name=name,
                kind=visible(kind or "?")[:40],
            )
        return bundle

    @property
    def next_link(self) -> str | None:
        """Where the next page is."""
        return next((link.url for link in self.link if link.relation == "next"), None)


def id_of(resource: bytes) -> bytes:
    """The resource's id; the whole resource where it has none."""
    try:
        found = msgspec.json.decode(resource, type=_Named).id
    except msgspec.DecodeError:
        found = None
    return resource.strip() if found is None else found.encode()


def date_of(resource: bytes) -> datetime | None:
    """AuditEvent.recorded, which `date` searches; None where it is none."""
    try:
        recorded = msgspec.json.decode(resource, type=_Named).recorded
        found = None if recorded is None else datetime.fromisoformat(recorded)
    except (msgspec.DecodeError, ValueError):
        return None
    return found if found is not None and found.tzinfo is not None else None


def severities(outcome: msgspec.Raw, name: str) -> list[str]:
    """Of an OperationOutcome's issues."""
    return [issue.severity for issue in decoded(bytes(outcome), _Outcome, name).issue]
