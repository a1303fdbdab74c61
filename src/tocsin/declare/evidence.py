# SPDX-License-Identifier: Apache-2.0
"""What a field of a declaration rests on.

A figure names its path in report.json, its value, its query and the digest of what the query read; a part
of the report that is no number its path and value; a setting its key; an entry of the journal its number
and hash; a file its SHA-256.
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
