# SPDX-License-Identifier: Apache-2.0
"""A dump cut into statements as its bytes come, in bounded memory: quotes, comments and bodies are respected.

It knows how a statement ends, and not what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

LONGEST_STATEMENT: Final = 64 << 20
HEAD: Final = 64 << 10
_QUOTED: Final = rb"\"(?:[^\"]++|\"\")*+\"|`(?:[^`]++|``)*+`"
ESCAPED: Final = rb"'(?:[^'\\]++|\\.|'')*+'"
"""A text in which a backslash escapes, as MySQL and MariaDB write it."""

PLAIN: Final = rb"'(?:[^']++|'')*+'"
"""A text in which it does not: PostgreSQL (standard_conforming_strings) and SQLite."""

_COMMENT: Final = rb"/\*(?:[^*]++|\*(?!/))*+\*/"
_DOLLARS: Final = rb"\$(?P<tag>[A-Za-z_]*+)\$.*?\$(?P=tag)\$|\$(?![A-Za-z_]*+\$)"
_CONFORMING: Final = re.compile(
    rb"(?im)^set standard_conforming_strings = on|^-- PostgreSQL database |^pragma |^begin transaction;"
)


class DamagedDump(Exception):  # noqa: N818  # a state of a file; each reader tells it in its own words
    """A dump, or the rest of it, that cannot be read: `damaged`, `too_large` or `no_columns`, and where."""

    def __init__(self, reason: str, place: int, table: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        """Byte of the decompressed text at which the statement begins."""
        self.table = table


class DumpText:
    """The bytes of a dump, taken piece by piece."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks: Iterator[bytes] = iter(blocks)
        self._held = b""
        self._at = 0
        self._before = 0
        self._has_ended = False
        while len(self._held) < HEAD and self._more():
            pass
        self.has_escapes = _CONFORMING.search(self.head) is None
        """Whether a backslash in a text escapes."""
        self._piece = _piece(has_escapes=self.has_escapes)
        self.is_cut = False
        """Whether the last statement was not ended."""

    @property
    def head(self) -> bytes:
        """The first bytes that are held: of the dump, as long as nothing was taken."""
        return self._held[:HEAD]

    @property
    def place(self) -> int:
        """How many bytes were taken."""
        return self._before + self._at

    def pieces(self) -> Iterator[tuple[str, bytes, int]]:
        """`statement`, `line` (a comment or a command of psql) or `comment`; its text; where it begins."""
        while self._at < len(self._held) or self._more():
            found = self._piece.match(self._held, self._at)
            # What reaches the last byte held may go on in what comes next.
            if found is None or found.end() == len(self._held):
                if self._more():
                    continue
                if found is None:
                    yield self._rest()
                    return
            begin, kind = self.place, str(found.lastgroup)
            text = found[0]
            self._at = found.end()
            if kind != "blank":
                yield kind, text, begin

    def lines(self) -> Iterator[bytes]:
        """Whole lines of a `copy`, many at once, to its end. Raises DamagedDump when it has none."""
        begin = self.place
        while True:
            end = _LAST_LINE.search(self._held, self._at)
            until = self._held.rfind(b"\n") + 1 if end is None else end.start()
            if until > self._at:
                yield self._held[self._at : until]
                self._at = until
            if end is not None:
                self._at = end.end()
                return
            if not self._more():
                raise DamagedDump("damaged", begin)

    def _rest(self) -> tuple[str, bytes, int]:
        self.is_cut = True
        begin, text = self.place, self._held[self._at :]
        self._at = len(self._held)
        return "statement", text, begin

    def _more(self) -> bool:
        if self._has_ended:
            return False
        if len(self._held) - self._at > LONGEST_STATEMENT:
            raise DamagedDump("too_large", self.place)
        block = next(self._blocks, None)
        if block is None:
            self._has_ended = True
            block = b"\n"
        self._before += self._at
        self._held = self._held[self._at :] + block
        self._at = 0
        return True


_LAST_LINE: Final = re.compile(rb"(?m)^\\\.\r?\n")


def _piece(*, has_escapes: bool) -> re.Pattern[bytes]:
    text = ESCAPED if has_escapes else PLAIN
    dollars = rb"\$" if has_escapes else _DOLLARS
    return re.compile(
        rb"(?s)(?P<blank>\s++)"
        rb"|(?P<line>(?:--|\#|\\)[^\n]*+\n)"
        rb"|(?P<comment>" + _COMMENT + rb"\s*+;?+)"
        rb"|(?P<routines>(?i:delimiter)[ \t]+(?:;|(?!;\s)\S+.*?\n(?i:delimiter)[ \t]+;)[ \t]*\r?\n)"
        rb"|(?P<statement>(?!(?i:delimiter)\s)(?:[^;'\"`$/-]++|"
        + text
        + rb"|"
        + _QUOTED
        + rb"|--[^\n]*+\n|"
        + _COMMENT
        + rb"|"
        + dollars
        + rb"|-(?!-)|/(?!\*))*+;)"
    )
