# SPDX-License-Identifier: Apache-2.0
"""Possible names in prose: each distinct text once to a tagger, the mentions counted as often as they stand.

They are kept from everything else that is counted: a possible name identifies nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.plugins import load_plugins
from tocsin.scope.profiles.columns import Column
from tocsin.scope.profiles.taggers.interface import Tagger
from tocsin.store.engine import Engine

GROUP: Final = "tocsin.names"
_WORDS: Final = r"\p{Lu}.*\s|\s.*\p{Lu}"
"""Two words at least, and a capital: less is a code or a category, and no prose."""

LONGEST: Final = 20_000
"""Characters of a piece of prose."""


@dataclass(slots=True)
class PossibleNames:
    """What a tagger finds in one file, or in all."""

    texts: int = 0
    """Cells or lines of two words that were searched."""

    mentions: int = 0
    distinct: int = 0

    def add(self, other: PossibleNames) -> None:
        """Add another chunk's; `distinct` is counted elsewhere."""
        self.texts += other.texts
        self.mentions += other.mentions


def load_tagger() -> Tagger:
    """The first that is installed, ready. Raises InputError naming the extra that is missing."""
    found = load_plugins(GROUP, Tagger)  # type: ignore[type-abstract]
    tagger = min((one() for one in found.values()), key=lambda one: (one.order, one.name))
    tagger.open()
    return tagger


class NameSearch:
    """A tagger at work over the files of a scan."""

    def __init__(self, engine: Engine, tagger: Tagger) -> None:
        self._engine, self._tagger = engine, tagger
        for table in ("possible_here", "possible_all"):
            engine.run(f"create or replace temp table {table} (value varchar)")

    def search(self, columns: Sequence[Column], chunk: pa.Table) -> PossibleNames:
        """Search the columns of free text of one chunk."""
        found = PossibleNames()
        for place, column in enumerate(columns):
            if is_free_text(column):
                found.add(self._search(chunk.column(place)))
        return found

    def end_file(self) -> int:
        """Distinct names of the file that was read."""
        distinct = self._engine.count("select count(distinct value) from possible_here")
        self._engine.run("insert into possible_all select distinct value from possible_here")
        self._engine.run("truncate possible_here")
        return distinct

    def count_all(self) -> int:
        """Distinct names over all files."""
        return self._engine.count("select count(distinct value) from possible_all")

    def _search(self, cells: pa.ChunkedArray) -> PossibleNames:
        counted = pc.value_counts(cells.drop_null())
        texts, times = counted.field("values"), counted.field("counts")
        worded = pc.match_substring_regex(texts, _WORDS)
        texts, times = texts.filter(worded), times.filter(worded)
        pieces = [
            (piece, n)
            for text, n in zip(texts.to_pylist(), times.to_pylist(), strict=True)
            for piece in _cut(text)
        ]
        names = self._tagger.names_in([piece for piece, _ in pieces])
        if any(names):
            self._keep(name for of_piece in names for name in of_piece)
        mentions = sum(len(of_piece) * n for of_piece, (_, n) in zip(names, pieces, strict=True))
        return PossibleNames(pc.sum(times).as_py() or 0, mentions)

    def _keep(self, names: Iterator[str]) -> None:
        self._engine.register("possible", pa.table({"value": pa.array(set(names), pa.string())}))
        self._engine.run("insert into possible_here select lower(strip_accents(value)) from possible")
        self._engine.unregister("possible")


def _cut(text: str) -> Iterator[str]:
    """Pieces that a tagger can hold, cut between words where there are any."""
    while len(text) > LONGEST:
        end = text.rfind(" ", LONGEST // 2, LONGEST)
        end = LONGEST if end < 0 else end
        yield text[:end]
        text = text[end:]
    yield text


def is_free_text(column: Column) -> bool:
    """Whether people write in it as they like: prose, or a column that nothing tells, or health in words."""
    said = column.category
    return (
        column.kind is None
        and column.ours is None
        and column.trait is None
        and (said is None or said.startswith("health."))
    )
