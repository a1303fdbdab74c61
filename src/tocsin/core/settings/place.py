# SPDX-License-Identifier: Apache-2.0
"""Where each key of a TOML text stands, so that a message can name the line.

The text is known to be valid: it was parsed before. Values are passed over, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Key = str | int
Path = tuple[Key, ...]
Place = tuple[int, int]
"""Line and column, both from 1."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TOKEN = re.compile(r"[^,\]}#\n]+")
_STRINGS = (
    r'"{3}(?:\\.|[^\\])*?"{3,5}',
    r"'{3}.*?'{3,5}",
    r'"(?:\\.|[^"\\\n])*"',
    r"'[^'\n]*'",
)
_STRING = re.compile("|".join(_STRINGS), re.DOTALL)


def places_of(text: str) -> dict[Path, Place]:
    """The place of every table, key and element; elements of lists are numbered from 0."""
    return _Scan(text).places


def keys_of(path: str) -> Path:
    """`$.sources[1].name` as a path; what has no name (`[...]`) ends it."""
    keys: list[Key] = []
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", path):
        if index == "...":
            break
        keys.append(int(index) if index else name)
    return tuple(keys)


class _Scan:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self._lists: dict[Path, int] = {}
        """Index of the last element of each list of tables."""

        table: Path = ()
        while self._skip_blank() < len(text):
            if text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip_blank(self) -> int:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _header(self) -> Path:
        start = self.at
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        names = list(self._names())
        self.at += 2 if is_list else 1
        table = self._resolved((), names[:-1])
        if is_list:
            whole = (*table, names[-1])
            self._lists[whole] = self._lists.get(whole, -1) + 1
        table = self._resolved(table, names[-1:])
        self._note(table, start)
        return table

    def _pair(self, table: Path) -> None:
        start = self.at
        path = self._resolved(table, list(self._names()))
        self._note(path, start)
        self.at += 1  # the equals sign
        self._value(path)

    def _names(self) -> Iterator[str]:
        """The parts of a dotted key, up to what follows it."""
        while True:
            self._skip_blank()
            quoted = _STRING.match(self.text, self.at)
            found = quoted or _BARE.match(self.text, self.at)
            if found is None:
                return
            self.at = found.end()
            yield found[0][1:-1] if quoted else found[0]
            self._skip_blank()
            if self.text[self.at : self.at + 1] != ".":
                return
            self.at += 1

    def _resolved(self, table: Path, names: list[str]) -> Path:
        """Names under a table; that of a list of tables stands for its last element."""
        for name in names:
            table = (*table, name)
            if table in self._lists:
                table = (*table, self._lists[table])
        return table

    def _value(self, path: Path) -> None:
        self._skip_blank()
        opening = self.text[self.at : self.at + 1]
        if opening in ("[", "{"):
            self._many(path, is_table=opening == "{")
            return
        found = _STRING.match(self.text, self.at) or _TOKEN.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1

    def _many(self, path: Path, *, is_table: bool) -> None:
        self.at += 1
        number = 0
        while self._skip_blank() < len(self.text) and self.text[self.at] not in "]}":
            if self.text[self.at] == ",":
                self.at += 1
            elif is_table:
                self._pair(path)
            else:
                self._note((*path, number), self.at)
                self._value((*path, number))
                number += 1
        self.at += 1

    def _note(self, path: Path, at: int) -> None:
        begins = self.text.rfind("\n", 0, at) + 1
        self.places.setdefault(path, (self.text.count("\n", 0, at) + 1, at - begins + 1))
