# SPDX-License-Identifier: Apache-2.0
"""What a field of a declaration rests on, and whether that is still what it was.

A figure names its path in report.json, its value, its query and the digest of what the query read; a part
of the report that is no number its path and value; a setting its key; an entry of the journal its number
and hash; a file its SHA-256. Nothing here reads a case: it is handed what it resolves against.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

EvidenceKind = Literal["figure", "report", "setting", "journal", "file", "claim", "clock", "severity"]


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a field rests on."""

    kind: EvidenceKind
    path: str
    """Of the figure, part, key or file; of a journal entry `<number> <kind>`."""
    value: Any = None
    query: str | None = None
    """Name and SHA-256 of the query that gave a figure."""
    inputs: str | None = None
    """Digest of the generation that the query read."""

    @property
    def address(self) -> str:
        """`figure:counts.persons.best`: what the model's `reads` is compared with."""
        return f"{self.kind}:{self.path}"


class NotThere(LookupError):  # noqa: N818  # an absence, not an error
    """A tree has nothing under that path."""


def find_part(tree: Any, path: str) -> Any:  # noqa: ANN401  # a report is any JSON
    """What stands under a dotted path whose keys may hold dots themselves; raises NotThere."""
    if not path:
        return tree
    if isinstance(tree, list):
        head, _dot, rest = path.partition(".")
        if head.isdecimal() and int(head) < len(tree):
            return find_part(tree[int(head)], rest)
        raise NotThere(path)
    if isinstance(tree, Mapping):
        for key in sorted(tree, key=len, reverse=True):
            if path == key or path.startswith(f"{key}."):
                try:
                    return find_part(tree[key], path[len(key) + 1 :])
                except NotThere:
                    continue
    raise NotThere(path)


class Sources(msgspec.Struct, frozen=True):
    """What evidence is resolved against."""

    report: Mapping[str, Any]
    figures: Mapping[str, Any]
    settings: Mapping[str, Any]
    journal: Mapping[int, tuple[str, str]]
    """Number of an entry to its kind and hash."""
    files: Mapping[str, str]
    """Path in the case to SHA-256."""
    clocks: Mapping[str, Any] = {}
    severity: Mapping[str, Any] = {}


def resolves(evidence: Evidence, sources: Sources) -> bool:
    """Whether what the evidence names is there, with that very value."""
    if evidence.kind == "figure":
        entry = sources.figures.get(evidence.path)
        return entry is not None and _entry_is(entry, evidence)
    if evidence.kind == "journal":
        number, _space, kind = evidence.path.partition(" ")
        return sources.journal.get(int(number)) == (kind, evidence.value)
    if evidence.kind in ("report", "claim", "setting"):
        return _part_is(sources.settings if evidence.kind == "setting" else sources.report, evidence)
    held = {"file": sources.files, "clock": sources.clocks, "severity": sources.severity}[evidence.kind]
    return bool(held.get(evidence.path) == evidence.value)


def _entry_is(entry: Mapping[str, Any], evidence: Evidence) -> bool:
    said = (entry.get("value"), entry.get("query"), entry.get("inputs"))
    return bool(said == (evidence.value, evidence.query, evidence.inputs))


def _part_is(tree: Mapping[str, Any], evidence: Evidence) -> bool:
    try:
        return bool(find_part(tree, evidence.path) == evidence.value)
    except NotThere:
        return False
