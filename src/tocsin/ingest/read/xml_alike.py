# SPDX-License-Identifier: Apache-2.0
"""XML records that are spelt alike, read together.

A system writes its records by one template: what stands outside of the quotes is the same in thousands of
them. Such a spelling is parsed once, with marks in place of its values; then the values of all its records go
where the marks went, a column at a time. Whatever is not plainly so is left to the parser, one by one: where
both read, they say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.read.lines import string_views

FEWEST = 64
"""Records of one spelling, from which parsing it once and gathering its columns is the shorter way."""

LONGEST = 1 << 16
MOST_VALUES = 500

AUDIT_ELEMENT = r"<(?:[\w.-]+:)?Audit(?:Message|Event)[ \t\r\n/>]"

_PLACE = "\ue000"
_MARKED = re.compile("\ue000(-?[0-9]+)\ue001")
_SPELT_OUT = pa.array(["true", "false", "http://hl7.org/fhir", "1.0", "UTF-8"])
"""Values that stay in the spelling: what a reader may turn into something else than a text, and what is the
same everywhere."""

_DOUBTFUL = np.zeros(256, np.bool_)
_DOUBTFUL[[*range(0x20), *b'<>&\\"', 0xEF]] = True
"""Bytes of a value that has to be looked at (0xEF begins U+FFFE, which is no character of XML)."""

_REFUSED = "[\\x00-\\x1f<>\ufffe\uffff]"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_KNOWN_ENTITY = "&(?:lt|gt|quot|apos|amp);"

Places = npt.NDArray[np.int64]
ToContent = Callable[[str], bytes | None]
"""One record, read by the parser: its JSON, or None when it is not well formed."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What stands before the elements, as columns; `written` makes a header that says just these texts."""

    columns: tuple[pa.Array, ...]
    written: Callable[[list[str | None]], str]


@dataclass(frozen=True, slots=True)
class _Spelling:
    """JSON of the records spelt one way: constants, and between them the places of their values."""

    constants: list[str]
    places: list[int]
    unsaid: list[int]
    """Places of values that the JSON leaves out; what is no character of XML breaks a record there too."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The records' texts, cut at each quote: every second piece is a value."""

    flat: pa.Array
    first: Places
    """Of each record, the place of its first piece."""

    headers: Headers

    def values(self, place: int, rows: Places) -> pa.Array:
        """The values at one place of these records' spelling; below nought they stand in the header."""
        if place < 0:
            return self.headers.columns[-place - 1].take(pa.array(rows))
        return self.flat.take(pa.array(self.first[rows] + place))


def element_starts(texts: pa.Array) -> Places:
    """Where the audit element of each text begins, in bytes; -1 where there is none."""
    starts: Places = pc.find_substring_regex(texts, AUDIT_ELEMENT).to_numpy().astype(np.int64)
    return starts


def part_of(texts: pa.Array, starts: Places, ends: Places) -> pa.Array:
    """Bytes [start, end) of each text."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts)]
    views = string_views(texts.buffers()[2] or b"", offsets + starts, offsets + ends)
    return views.cast(pa.string())


def read_alike(bodies: pa.Array, headers: Headers, to_content: ToContent) -> pa.Array:
    """JSON of the elements that are spelt like many others; null for those that are to be parsed."""
    found = pc.split_pattern(bodies, '"')
    first = found.offsets.to_numpy().astype(np.int64)
    pieces = _Pieces(found.values, first[:-1], headers)
    written: list[pa.Array] = []
    rows_written: list[Places] = []
    for rows, text in _spellings(found, headers):
        spelling = _parsed(text, headers, rows, to_content)
        if spelling is None:
            continue
        contents, is_plain = _joined(spelling, pieces, rows)
        are_all = bool(is_plain.all())
        written.append(contents if are_all else contents.filter(pa.array(is_plain)))
        rows_written.append(rows if are_all else rows[is_plain])
    return _put_back(written, rows_written, len(bodies))


def _spellings(found: pa.ListArray, headers: Headers) -> Iterator[tuple[Places, str]]:
    """Rows of each spelling that is frequent enough, and its text, every value a mark."""
    first = found.offsets.to_numpy().astype(np.int64)
    counts = np.diff(first)
    is_odd = np.arange(first[-1]) % 2 == 1
    is_value = pa.array(is_odd ^ np.repeat(first[:-1] % 2 == 1, counts))
    is_value = pc.and_not(is_value, pc.is_in(found.values, _SPELT_OUT))
    texts = pc.binary_join(
        pa.ListArray.from_arrays(found.offsets, pc.if_else(is_value, _PLACE, found.values)), '"'
    )
    absent = [pc.if_else(pc.is_null(column), "-", "+") for column in headers.columns]
    encoded = pc.binary_join_element_wise(*absent, texts, "").dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=len(encoded.dictionary)))))
    for code in np.flatnonzero(np.diff(bounds) >= FEWEST).tolist():
        rows = order[bounds[code] : bounds[code + 1]]
        # An even number of pieces leaves a quote open.
        if counts[rows[0]] % 2 == 1:
            yield rows, encoded.dictionary[code].as_py()[len(absent) :]


def _parsed(text: str, headers: Headers, rows: Places, to_content: ToContent) -> _Spelling | None:
    """The spelling with its values' places, or None when it is not plain or not well formed."""
    pieces = text.split('"')
    places = [at for at in range(1, len(pieces), 2) if pieces[at] == _PLACE]
    is_plain = len(text) <= LONGEST and len(places) <= MOST_VALUES
    if not is_plain or text.count(_PLACE) != len(places) or any("'" in piece for piece in pieces[::2]):
        return None
    for at in places:
        pieces[at] = f"{_PLACE}{at}\ue001"
    said = [
        f"{_PLACE}{-at - 1}\ue001" if column[int(rows[0])].is_valid else None
        for at, column in enumerate(headers.columns)
    ]
    content = to_content(headers.written(said) + '"'.join(pieces))
    if content is None:
        return None
    parts = _MARKED.split(content.decode())
    if any(_PLACE in part for part in parts[::2]):
        return None
    said_places = [int(place) for place in parts[1::2]]
    return _Spelling(parts[::2], said_places, sorted({*places} - {*said_places}))


def _joined(spelling: _Spelling, pieces: _Pieces, rows: Places) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """The JSON of these records, and for which of them it holds."""
    is_plain = np.ones(len(rows), np.bool_)
    columns = {}
    for place in dict.fromkeys(spelling.places):
        values, is_read = _as_json(pieces.values(place, rows), is_xml=place >= 0)
        columns[place] = values
        if is_read is not None:
            is_plain &= is_read
    for place in spelling.unsaid:
        _, is_read = _as_json(pieces.values(place, rows), is_xml=True)
        if is_read is not None:
            is_plain &= is_read
    parts: list[str | pa.Array] = [spelling.constants[0]]
    for place, constant in zip(spelling.places, spelling.constants[1:], strict=True):
        parts += [columns[place], constant]
    if not columns:
        return pa.repeat(spelling.constants[0], len(rows)), is_plain
    return pc.binary_join_element_wise(*parts, ""), is_plain


def _as_json(values: pa.Array, *, is_xml: bool) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """Values as they stand in a JSON text, and which of them were read; None when all were."""
    raw = np.frombuffer(values.buffers()[2] or b"", np.uint8)
    if not _DOUBTFUL[raw].any():
        return values, None
    refused = pc.match_substring_regex(values, _REFUSED)
    if is_xml:
        unknown = pc.match_substring(pc.replace_substring_regex(values, _KNOWN_ENTITY, ""), "&")
        refused = pc.or_(refused, unknown)
        for entity, sign in _ENTITIES.items():
            values = pc.replace_substring(values, entity, sign)
    for sign in ("\\", '"'):
        values = pc.replace_substring(values, sign, "\\" + sign)
    return values, pc.invert(refused).to_numpy(zero_copy_only=False)


def _put_back(written: list[pa.Array], rows: list[Places], count: int) -> pa.Array:
    """The contents in the records' order, null where there is none."""
    if not written:
        return pa.nulls(count, pa.string())
    if len(written) == 1 and len(rows[0]) == count:
        return written[0]
    place = np.zeros(count, np.int64)
    is_there = np.zeros(count, np.bool_)
    ordered = np.concatenate(rows)
    place[ordered] = np.arange(len(ordered))
    is_there[ordered] = True
    return pa.concat_arrays(written).take(pa.array(place, mask=~is_there))
