# SPDX-License-Identifier: Apache-2.0
"""Templates of JSON records: the text that stands between the values that differ.

A program writes its records by a few of them. One is learnt from some records, and whether another record is
of it is told by putting its values between the template's pieces and comparing, byte by byte. A template is
not yet a spelling: some of its values may matter (see `json_spellings`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pyarrow as pa

from tocsin.ingest.read.spellings import Free, Spelling, Value
from tocsin.store.query import literal

Path = tuple[str | int, ...]
"""Keys and indices from the top to a value."""

LONGEST = 1 << 16
MOST_VALUES = 300
MOST_TEMPLATES = 6

FEWEST = 5
"""Records of one template among those looked at, from which comparing all others with it is worth it."""

FEWEST_LEARNT = 1000
"""Records of a chunk, from which it is worth looking for templates …"""

LEARNT_FROM = 240
"""… in so many of them."""

_TOKEN = re.compile(
    r'(?P<text>"[^"\\\x00-\x1f]*")|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)|(?P<sign>[][{}:,])'
    r"|(?P<space>[ \t\r\n]+)"
)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class _Value:
    """A text (within its quotes) or a number in a record: signs [start, end)."""

    path: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Template:
    """The text before, between and behind the values that differ, and these values' paths."""

    pieces: tuple[str, ...] = field(repr=False)
    paths: tuple[Path, ...]

    @property
    def quoted(self) -> set[Path]:
        """Paths of the values that are texts, not numbers."""
        return {path for path, before in zip(self.paths, self.pieces, strict=False) if before.endswith('"')}

    def written_sql(self, places: dict[Path, str], text: str) -> str:
        """Whether a record is of it, from each value's text (`places`, as `json_extract_string` gives it).

        The record must be JSON without a backslash. No text in it then has a quote: where the record begins
        like the template, the value at the first path begins there too, ends before the same sign, and so on.
        """
        parts = [literal(self.pieces[0])]
        for path, following in zip(self.paths, self.pieces[1:], strict=True):
            parts += [places[path], literal(following)]
        return f"{text} = concat({', '.join(parts)})"

    def spelling(self, free: Mapping[Path, Free], said: Mapping[Path, str]) -> Spelling:
        """With the values that are free, and what is fixed of the others or stands before these."""
        pieces = [self.pieces[0]]
        for path, following in zip(self.paths, self.pieces[1:], strict=True):
            pieces[-1] += said.get(path, "")
            if path in free:
                pieces.append("")
            pieces[-1] += following
        values = tuple(Value(free[path], path_of(path)) for path in self.paths if path in free)
        return Spelling(tuple(pieces), values)


def texts_among(records: pa.Table) -> list[str]:
    """Texts of some of these RECORDS, from the first to the last; none where there are few."""
    texts = records.column("record")
    if len(texts) < FEWEST_LEARNT:
        return []
    return [texts[place].as_py() for place in range(0, len(texts), len(texts) // LEARNT_FROM)]


def path_of(path: Path) -> str:
    """As DuckDB's JSON functions write a path."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in path)


def templates_of(texts: Iterable[str]) -> list[Template]:
    """Of these records, the most frequent first; none for what is not plain JSON objects."""
    alike: dict[tuple[tuple[Path, ...], tuple[str, ...]], list[list[str]]] = {}
    for text in texts:
        values = _values_of(text)
        if values:
            bounds = [0, *(bound for value in values for bound in (value.start, value.end)), len(text)]
            pieces = [text[start:end] for start, end in pairwise(bounds)]
            key = tuple(value.path for value in values), tuple(pieces[::2])
            alike.setdefault(key, []).append(pieces[1::2])
    found = sorted((item for item in alike.items() if len(item[1]) >= FEWEST), key=lambda item: -len(item[1]))
    return [_merged(*key, rows) for key, rows in found[:MOST_TEMPLATES]]


def within(templates: Iterable[Template], most: int, given: Iterable[str] = ()) -> list[Template]:
    """The first of these that have no more paths together than that, those that are given aside."""
    kept: list[Template] = []
    paths: set[str] = set()
    for template in templates:
        needed = {path_of(path) for path in template.paths} - {*given}
        if len(paths | needed) <= most:
            paths |= needed
            kept.append(template)
    return kept


def _merged(paths: Sequence[Path], between: Sequence[str], rows: list[list[str]]) -> Template:
    """Values that are the same in all the rows become part of the texts between the others."""
    texts = [between[0]]
    kept: list[Path] = []
    for path, values, following in zip(paths, zip(*rows, strict=True), between[1:], strict=True):
        if len(set(values)) > 1:
            kept.append(path)
            texts.append(following)
        else:
            texts[-1] += values[0] + following
    return Template(tuple(texts), tuple(kept))


def _values_of(text: str) -> list[_Value] | None:
    """The texts and numbers of one JSON object, in order; None where it is not plain."""
    if len(text) > LONGEST or "\\" in text or not text.startswith("{") or not _is_plain(text):
        return None
    found: list[_Value] = []
    path: list[str | int] = []
    is_key = False
    for token in _TOKEN.finditer(text):
        sign = token["sign"]
        if sign in ("{", "["):
            path.append("" if sign == "{" else 0)
            is_key = sign == "{"
        elif sign in ("}", "]"):
            path.pop()
            is_key = False
        elif sign == ",":
            is_key = isinstance(path[-1], str)
            path[-1] = path[-1] if is_key else int(path[-1]) + 1
        elif token["text"] and is_key:
            path[-1] = token["text"][1:-1]
            is_key = False
        elif token["text"] or token["number"]:
            quote = 1 if token["text"] else 0
            found.append(_Value(tuple(path), token.start() + quote, token.end() - quote))
    return found if len(found) <= MOST_VALUES else None


def _is_plain(text: str) -> bool:
    """Whether it is JSON, each key being a plain word that stands once in its object."""
    try:
        json.loads(text, object_pairs_hook=_refuse_doubtful, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse_doubtful(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs) or not all(_KEY.fullmatch(key) for key in found):
        raise ValueError
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
