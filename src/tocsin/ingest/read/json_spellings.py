# SPDX-License-Identifier: Apache-2.0
"""JSON records that are spelt alike: of a template, its values filled in one way.

Of a template's values most are free; a few tell what the others mean (a code, an outcome, what is before the
last slash of a reference). These, written into the template, make a spelling of it. One short statement tells
of each record its spelling, and takes the free values out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.read.json_templates import Path, Template, path_of, templates_of, texts_among, within
from tocsin.ingest.read.spellings import Alike, Free, FreeValues, Speller, Spelt, Tokens, Value
from tocsin.ingest.times import instant_sql
from tocsin.store.engine import Engine
from tocsin.store.query import literal

FEWEST = 4
"""Records of one spelling, from which asking what it means is the shorter way."""

MOST_SPELLINGS = 2_000
"""Of a file: those beyond are read record by record."""

MOST_VALUES = 100
"""Of all templates: each is taken out of every record."""

_SEPARATOR = "\x1f"
"""No text of JSON without a backslash has it."""

_NAME = "{0} <> '' and not regexp_matches({0}, '[^A-Za-z0-9_.:-]')"
_FORMS = {
    Free.TEXT: "{0} <> ''",
    Free.DIGITS: "{0} <> '' and not regexp_matches({0}, '[^0-9TZ:.+-]')",
    Free.ADDRESS: r"regexp_full_match({0}, '[0-9]{{1,3}}(\.[0-9]{{1,3}}){{3}}')",
}


class JsonSpeller(Speller):
    """Of a file, whose templates are learnt from its first records.

    `given` is SQL of event columns that are told of each record by itself: over its text `json_text`, where
    `is_json` holds.
    """

    def __init__(self, free: FreeValues, given: Mapping[str, str]) -> None:
        self._free = free
        self._given = given
        self._learning = threading.Lock()
        self._ways: Ways | None = None
        self._has_learnt = False

    def may_read(self, text: str) -> bool:
        """See `Speller.may_read`."""
        return text.startswith("{")

    def learn(self, texts: Sequence[str]) -> None:
        """The templates of these records."""
        found = (one for one in templates_of(texts) if self._free.is_usual("".join(one.pieces)))
        templates = within(found, MOST_VALUES)
        self._ways = Ways(templates, _kinds(templates, self._free), self._given) if templates else None
        self._has_learnt = True

    def spelt(self, engine: Engine, records: pa.Table) -> Iterator[Alike]:
        """See `Speller.spelt`."""
        with self._learning:
            if not self._has_learnt and (texts := texts_among(records)):
                self.learn(texts)
        if self._ways is None or records.num_rows < FEWEST:
            return
        found = engine.one_piece_of("records", records, self._ways.sql, is_private=True)
        if found.column("byte_offset").equals(records.column("byte_offset")):
            yield self._ways.alike(found)


class Ways:
    """The ways in which records of some templates are filled. A way is a text: the template's number, and the
    values that matter."""

    def __init__(
        self, templates: Sequence[Template], kinds: Mapping[Path, Free], given: Mapping[str, str]
    ) -> None:
        self._templates = templates
        self._kinds = kinds
        self._given = given
        paths = dict.fromkeys(path for template in templates for path in template.paths)
        self._numbers = {path: number for number, path in enumerate(paths, start=1)}
        self._taken = [path for path in paths if kinds.get(path) not in (None, Free.UNREAD, Free.DIGITS)]
        self._known: dict[str, Spelt] = {}
        self.sql = self._sql()

    def alike(self, found: pa.Table) -> Alike:
        """What the statement found, as far as there are enough records filled in one way."""
        ways = found.column("way").chunk(0).dictionary_encode()
        counts = np.bincount(ways.indices.drop_null().to_numpy(), minlength=len(ways.dictionary))
        numbers = np.full(len(counts) + 1, -1)
        spelt: list[Spelt] = []
        for at in np.flatnonzero(counts >= FEWEST).tolist():
            one = self._spelt(ways.dictionary[at].as_py())
            if one is not None:
                numbers[at] = len(spelt)
                spelt.append(one)
        codes = numbers[ways.indices.fill_null(len(counts)).to_numpy()]
        alike = Alike(
            np.arange(len(codes)),
            codes,
            tuple(spelt),
            tuple(self._tokens(found, path) for path in self._taken),
            {name: found.column(name).chunk(0) for name in self._given},
        )
        return alike.picked(codes >= 0)

    def _tokens(self, found: pa.Table, path: Path) -> Tokens:
        texts = found.column(f"v{self._numbers[path]}").chunk(0)
        is_there = texts.is_valid().to_numpy(zero_copy_only=False)
        value = Value(self._kinds[path], path_of(path))
        if value.free is not Free.INSTANT:
            return Tokens(value, texts, is_there)
        times = found.column(f"at{self._numbers[path]}").chunk(0).cast(pa.timestamp("us", "UTC"))
        return Tokens(value, texts, is_there, pc.fill_null(times.cast(pa.int64()), 0).to_numpy())

    def _spelt(self, way: str) -> Spelt | None:
        """The spelling that a template and the values that matter make; None where there are too many."""
        if way not in self._known and len(self._known) < MOST_SPELLINGS:
            number, *matter = way.split(_SEPARATOR)
            template = self._templates[int(number)]
            said = dict(zip(self._mattering(template), matter, strict=True))
            taken = (
                self._taken.index(path) if path in self._taken else -1
                for path in template.paths
                if path in self._kinds
            )
            self._known[way] = Spelt(template.spelling(self._kinds, said), tuple(taken))
        return self._known.get(way)

    def _sql(self) -> str:
        """Of each record its way (null: none of these), the free values, and what is told by itself."""
        paths = ", ".join(literal(path_of(path)) for path in self._numbers)
        inner, values = [], []
        for path in self._taken:
            text, number = self._text(path), self._numbers[path]
            kind = self._kinds[path]
            if kind is Free.ID:
                inner.append(f"split_part({text}, '/', -1) as v{number}")
            elif kind is Free.INSTANT:
                inner.append(f"{instant_sql(text, 'iso8601', None)} as at{number}")
                values.append(f"at{number}")
            values.append(f"v{number}" if kind is Free.ID else f"{text} as v{number}")
        values += [f"{expression} as {name}" for name, expression in self._given.items()]
        ways = "\n        ".join(self._way_sql(number, one) for number, one in enumerate(self._templates))
        return f"""
select
    byte_offset,
    case
        when mark is not null or j is null or contains(record, '\\') then null
        {ways}
    end as way,
    {", ".join(values)}
from (
    select {", ".join(["*", "true as is_json", "record as json_text", *inner])}
    from (select *, try(json_extract_string(record, [{paths}])) as j from records)
)"""

    def _text(self, path: Path) -> str:
        return f"j[{self._numbers[path]}]"

    def _way_sql(self, number: int, template: Template) -> str:
        places = {path: self._text(path) for path in template.paths}
        parts = [literal(str(number)), *(self._matters_sql(path) for path in self._mattering(template))]
        checked = [template.written_sql(places, "record")]
        checked += [check for path in template.paths if (check := self._check_sql(path))]
        return f"when {' and '.join(checked)} then concat_ws({literal(_SEPARATOR)}, {', '.join(parts)})"

    def _mattering(self, template: Template) -> list[Path]:
        """Paths whose value, or its beginning, is part of the way."""
        return [path for path in template.paths if self._kinds.get(path) in (None, Free.ID)]

    def _matters_sql(self, path: Path) -> str:
        text = self._text(path)
        if path not in self._kinds:
            return text
        return f"left({text}, length({text}) - length(v{self._numbers[path]}))"

    def _check_sql(self, path: Path) -> str:
        kind = self._kinds.get(path)
        if kind is Free.ID:
            return _NAME.format(f"v{self._numbers[path]}")
        if kind is Free.INSTANT:
            return f"at{self._numbers[path]} is not null"
        return "" if kind in (None, Free.UNREAD) else _FORMS[kind].format(self._text(path))


def _kinds(templates: Sequence[Template], free: FreeValues) -> dict[Path, Free]:
    """A number is free where nothing reads it; elsewhere it matters: what is no text is read otherwise."""
    numbers = {path for template in templates for path in {*template.paths} - template.quoted}
    kinds = {path: _kind_of(path, free) for template in templates for path in template.paths}
    return {
        path: kind
        for path, kind in kinds.items()
        if kind is Free.UNREAD or (kind is not None and path not in numbers)
    }


def _kind_of(path: Path, free: FreeValues) -> Free | None:
    """None for a value that matters."""
    keys = [part for part in path if isinstance(part, str)]
    kind = free.places.get("/".join(keys))
    return Free.UNREAD if kind is None and free.is_read is not None and not free.is_read(keys) else kind
