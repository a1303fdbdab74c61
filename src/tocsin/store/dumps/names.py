# SPDX-License-Identifier: Apache-2.0
"""The names that a dump's statements give: of tables, and of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_NAME: Final = r"(?:\"(?:[^\"]|\"\")+\"|`(?:[^`]|``)+`|\[[^\]]+\]|[\w$]+)"
_NAMES: Final = rf"{_NAME}(?:\.{_NAME})*"
_LIST: Final = rf"\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)"
COPY: Final = re.compile(rf"(?is)copy\s+({_NAMES})\s*{_LIST}\s+from\s+stdin\s*;".encode())
INSERT: Final = re.compile(
    rf"(?is)(?:insert\s+(?:ignore\s+|or\s+\w+\s+)?|replace\s+)into\s+({_NAMES})\s*(?:{_LIST})?\s*"
    r"(?:overriding\s+(?:system|user)\s+value\s*)?values\s*(?=\()".encode()
)
CREATE: Final = re.compile(
    rf"(?is)create\s+(?:unlogged\s+|temporary\s+)?table\s+(?:if\s+not\s+exists\s+)?({_NAMES})\s*\(".encode()
)
USED: Final = re.compile(rf"(?i)(?:use|\\connect|\\c)\s+({_NAME})".encode())
_ONE: Final = re.compile(_NAME)
_PART: Final = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|[(),]", re.DOTALL)
_CONSTRAINTS: Final = (
    "PRIMARY",
    "KEY",
    "UNIQUE",
    "CONSTRAINT",
    "INDEX",
    "FOREIGN",
    "CHECK",
    "FULLTEXT",
    "SPATIAL",
    "EXCLUDE",
    "LIKE",
    "PERIOD",
)


def bare(name: str) -> str:
    """A name without its quotes."""
    return name[1:-1].replace(name[-1] * 2, name[-1]) if name[:1] in ('"', "`", "[") else name


def qualified(names: str) -> str:
    """`schema.table`, each part without its quotes."""
    return ".".join(map(bare, _ONE.findall(names)))


def listed(names: str) -> tuple[str, ...]:
    """The names of a list of columns."""
    return tuple(map(bare, _ONE.findall(names)))


def created(body: str) -> tuple[str, ...]:
    """The columns of a `create table`, from what stands behind its first bracket."""
    found = []
    for part in _parts(body):
        name = _ONE.match(part.strip())
        if name is not None and name[0].upper() not in _CONSTRAINTS:
            found.append(bare(name[0]))
    return tuple(found)


def _parts(body: str) -> Iterator[str]:
    body = re.sub(r"(?m)^\s*--.*$", "", body)
    depth, begin = 0, 0
    for sign in _PART.finditer(body):
        if sign[0] == ")" and depth == 0:
            yield body[begin : sign.start()]
            return
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if sign[0] == "," and depth == 0:
            yield body[begin : sign.start()]
            begin = sign.end()
