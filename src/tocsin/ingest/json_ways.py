# SPDX-License-Identifier: Apache-2.0
"""The ways in which records of a few templates are filled: what is carried, and what tells its meaning.

A way is a text: the template's number and the values that matter. It is worked out for each record in one
short statement, together with the values that are carried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import pyarrow as pa

from tocsin.ingest.attempts import HASH
from tocsin.ingest.read.json_spelling import Path, Spelling, path_of
from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal


class Carried(StrEnum):
    """What a value must be so that the statement asks nothing of it but where it goes."""

    UNREAD = "unread"
    """Any: it goes nowhere but into the record's own text."""

    FREE = "free"
    """Any that is not empty: it goes into a column as it is."""

    NAME = "name"
    """Letters, digits and `_.:-`: no identifier of several parts."""

    DIGITS = "digits"
    """What numbers and instants are written with."""

    REFERENCE = "reference"
    """A name behind the last slash, if there is one: what is before it matters."""

    IPV4 = "ipv4"

    INSTANT = "instant"
    """The time of the event, with a zone."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a column of the records filled one way: a text, and a value behind it; None is null."""

    before: str | None = field(repr=False)
    value: str = ""
    """Column of the values; empty for none."""

    after: str = field(default="", repr=False)


Way = dict[str, Written]

ELSEWHERE = ("byte_offset", "line_number", "item", "detail", "flags", "text", HASH)
"""Columns that are not told by a mark."""

_SEPARATOR = "\x1f"
"""No text of JSON without a backslash has it."""

_INSTANT = "2001-02-03T04:05:06.070809Z"
_INSTANT_AT = datetime(2001, 2, 3, 4, 5, 6, 70809, UTC)
_MARK = re.compile(r"7305[0-9]{4}1879|10\.73\.5\.[0-9]{1,3}|2001-02-03T04:05:06\.070809Z")

MOST_VALUES = 100
"""Of all spellings: each is taken out of every record."""

_FORMS = {
    Carried.FREE: "{0} <> ''",
    Carried.NAME: "{0} <> '' and not regexp_matches({0}, '[^A-Za-z0-9_.:-]')",
    Carried.DIGITS: "{0} <> '' and not regexp_matches({0}, '[^0-9TZ:.+-]')",
    Carried.IPV4: r"regexp_full_match({0}, '[0-9]{{1,3}}(\.[0-9]{{1,3}}){{3}}')",
}


class Ways:
    """Of these spellings, where `kinds` tells which values are carried."""

    def __init__(
        self, spellings: Sequence[Spelling], kinds: Mapping[Path, Carried], detail: tuple[str, str]
    ) -> None:
        self._spellings = spellings
        self._kinds = kinds
        paths = dict.fromkeys(path for spelling in spellings for path in spelling.paths)
        self._numbers = {path: number for number, path in enumerate(paths, start=1)}
        self.sql = self._sql(detail)

    def _sql(self, detail: tuple[str, str]) -> str:
        """Of each record its way (null: none of these), the values that are carried, and its detail."""
        paths = ", ".join(literal(path_of(path)) for path in self._numbers)
        ends = self._having(Carried.REFERENCE)
        instants = self._having(Carried.INSTANT)
        at = "".join(
            f",\n            {instant_sql(self._text(p), 'iso8601', None)} as at{self._numbers[p]}"
            for p in instants
        )
        tails = "".join(
            f",\n            split_part({self._text(p)}, '/', -1) as v{self._numbers[p]}" for p in ends
        )
        others = [*self._having(Carried.FREE), *self._having(Carried.NAME), *self._having(Carried.IPV4)]
        values = [f"{self._text(p)} as v{self._numbers[p]}" for p in others]
        values += [f"v{self._numbers[p]}" for p in ends] + [f"at{self._numbers[p]}" for p in instants]
        ways = "\n".join(self._way_sql(number, one) for number, one in enumerate(self._spellings))
        return f"""
select
    byte_offset,
    line_number,
    item,
    case
        when mark is not null or j is null or contains(record, '\\') then null
        {ways}
    end as way,
    {", ".join([*values, f"{detail[1]} as detail"])}
from (
    select
        *,
        {detail[0]}{at}{tails}
    from (select *, try(json_extract_string(record, [{paths}])) as j from records)
)"""

    def _having(self, kind: Carried) -> list[Path]:
        return [path for path in self._numbers if self._kinds.get(path) is kind]

    def _text(self, path: Path) -> str:
        return f"j[{self._numbers[path]}]"

    def _way_sql(self, number: int, spelling: Spelling) -> str:
        places = {path: self._text(path) for path in spelling.paths}
        parts = [literal(str(number)), *(self._matters_sql(path) for path in self._mattering(spelling))]
        checked = [spelling.written_sql(places, "record")]
        checked += [check for path in spelling.paths if (check := self._check_sql(path))]
        return f"when {' and '.join(checked)} then concat_ws({literal(_SEPARATOR)}, {', '.join(parts)})"

    def _mattering(self, spelling: Spelling) -> list[Path]:
        """Paths whose value, or its beginning, is part of the way."""
        return [path for path in spelling.paths if self._kinds.get(path) in (None, Carried.REFERENCE)]

    def _matters_sql(self, path: Path) -> str:
        text = self._text(path)
        if self._kinds.get(path) is None:
            return text
        return f"left({text}, length({text}) - length(v{self._numbers[path]}))"

    def _check_sql(self, path: Path) -> str:
        kind = self._kinds.get(path)
        if kind is Carried.REFERENCE:
            return _FORMS[Carried.NAME].format(f"v{self._numbers[path]}")
        if kind is Carried.INSTANT:
            return f"at{self._numbers[path]} is not null"
        return "" if kind in (None, Carried.UNREAD) else _FORMS[kind].format(self._text(path))

    def written(self, way: str) -> str | None:
        """A record filled this way, a mark for each value that is carried; None where marks are not plain."""
        number, *matter = way.split(_SEPARATOR)
        spelling = self._spellings[int(number)]
        said = dict(zip(self._mattering(spelling), matter, strict=True))
        values = {path: said.get(path, "") + self._mark(path) for path in spelling.paths}
        text = spelling.written(values)
        are_plain = len(_MARK.findall(text)) == sum(1 for path in spelling.paths if self._kinds.get(path))
        return text if are_plain else None

    def _mark(self, path: Path) -> str:
        kind = self._kinds.get(path)
        if kind is None:
            return ""
        if kind is Carried.INSTANT:
            return _INSTANT
        number = self._numbers[path]
        return f"10.73.5.{number}" if kind is Carried.IPV4 else f"7305{number:04}1879"

    def told(self, row: dict[str, object], schema: pa.Schema) -> Way | None:
        """What such a record's row tells of all of them; None where it is no plain event."""
        if row["fate"] != "event" or row["flags"] is not None:
            return None
        values = {self._mark(path): f"v{number}" for path, number in self._numbers.items()}
        found: Way = {}
        for name in schema.names:
            written = self._written(row[name], name, values)
            if written is None:
                return None
            found[name] = written
        return found

    def _written(self, said: object, name: str, values: dict[str, str]) -> Written | None:
        if said is None or name in ELSEWHERE:
            return Written(None)
        if isinstance(said, datetime):
            places = [f"at{self._numbers[path]}" for path in self._having(Carried.INSTANT)]
            return Written("", places[0]) if said == _INSTANT_AT and len(places) == 1 else None
        if not isinstance(said, str):
            return None
        marks = _MARK.findall(said)
        if not marks:
            return Written(said)
        if len(marks) > 1 or marks[0] not in values or marks[0] == _INSTANT:
            return None
        before, _, after = said.partition(marks[0])
        return Written(before, values[marks[0]], after)
