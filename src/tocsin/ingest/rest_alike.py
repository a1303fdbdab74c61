# SPDX-License-Identifier: Apache-2.0
"""What a mapping leaves over of JSON records that are spelt alike: told from their template, once for all.

To take the mapped keys out of a record and write the rest anew costs more than all else that is done to it.
Of records of one template the rest differs by the unmapped values alone. Where a record is spelt in no known
way, the rest is worked out as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tocsin.ingest.interface import Extraction, as_records
from tocsin.ingest.read.json_spelling import Path, Spelling, path_of, spellings_of, within
from tocsin.store.engine import Engine
from tocsin.store.query import literal

Learn = Callable[[Engine, Extraction, Sequence[str]], Extraction]

MOST_UNMAPPED = 24
"""Values that differ and are not mapped, of all spellings: each is taken out of every record."""

_MARK = re.compile("7305(?P<number>[0-9]{4})1879")
"""A text, and a number, that stands for a value; unlike any other sign of the record it is in."""


def learn_rest(
    paths: Sequence[str], parsed_of: Callable[[Sequence[str], Sequence[str]], str], detail: str
) -> Learn:
    """How to learn from some records: the same extraction, faster for records that are spelt like them.

    `paths` are those of the mapped values, in order of their places in the list `j`; `parsed_of` makes the
    SELECT of more paths, and of the conditions under which a record is spelt in the first, second … way.
    """

    def learn(engine: Engine, extraction: Extraction, texts: Sequence[str]) -> Extraction:
        spellings = within(spellings_of(texts), MOST_UNMAPPED, paths)
        told = [(s, rest) for s in spellings if (rest := _rest_of(engine, extraction, s, paths)) is not None]
        if not told:
            return extraction
        places = _places(told, paths)
        conditions = [spelling.written_sql(places, "record") for spelling, _ in told]
        cases = " ".join(
            f"when {number} then {_text_sql(rest, spelling, places)}"
            for number, (spelling, rest) in enumerate(told, start=1)
        )
        columns = {**extraction.columns, "detail": f"case alike {cases} else {detail} end"}
        extra = [path_of(path) for path in places if path_of(path) not in paths]
        return replace(extraction, parsed=parsed_of(extra, conditions), columns=columns, is_learnt=True)

    return learn


def _places(told: list[tuple[Spelling, str]], paths: Sequence[str]) -> dict[Path, str]:
    """Where each value that differs stands in `j`: the mapped ones first, as before."""
    numbers = {path: number for number, path in enumerate(paths, start=1)}
    places: dict[Path, str] = {}
    for spelling, _ in told:
        for path in spelling.paths:
            places[path] = f"j[{numbers.setdefault(path_of(path), len(numbers) + 1)}]"
    return places


def _rest_of(engine: Engine, extraction: Extraction, spelling: Spelling, paths: Sequence[str]) -> str | None:
    """The rest of a record spelt so, a mark for each value; None where that does not tell it."""
    marks = {path: f"7305{number:04}1879" for number, path in enumerate(spelling.paths)}
    record = spelling.written(marks)
    if len(_MARK.findall(record)) != len(marks):
        return None
    engine.register("records", as_records([record]))
    found = engine.value(f"select {extraction.columns['detail']} from ({extraction.parsed})")
    engine.unregister("records")
    rest = "" if found is None else str(found)
    unmapped = [marks[path] for path in spelling.paths if path_of(path) not in paths]
    return rest if sorted(unmapped) == sorted(found.group() for found in _MARK.finditer(rest)) else None


def _text_sql(rest: str, spelling: Spelling, places: dict[Path, str]) -> str:
    """The rest as SQL: its own text, and the values where their marks stand."""
    if not rest:
        return "null"
    pieces = _MARK.split(rest)
    parts = [literal(pieces[0])]
    for number, following in zip(pieces[1::2], pieces[2::2], strict=True):
        parts += [places[spelling.paths[int(number)]], literal(following)]
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"
