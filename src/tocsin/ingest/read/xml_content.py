# SPDX-License-Identifier: Apache-2.0
"""The one place that parses XML: one record's text to an element, or to nothing when it is not well formed.

No entity is resolved, no document type loaded, nothing fetched. A record that declares a document type does
not come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from tocsin.ingest.interface import Mark
from tocsin.ingest.read.window import BATCH_RECORDS, Places
from tocsin.ingest.read.xml_alike import AUDIT_ELEMENT, FEWEST, Headers, element_starts, part_of, read_alike

AUDIT_START = re.compile(AUDIT_ELEMENT, re.ASCII)
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_UNREAD = (Mark.BROKEN.value, Mark.TOO_LONG.value, Mark.DTD.value, Mark.NOT_AUDIT_RESOURCE.value)

ToJson = Callable[[etree._Element, str], object]
"""From an element and the text before it (a frame's header) to what is written as JSON."""

HeadersOf = Callable[[pa.Array], Headers]

NO_HEADERS = Headers((), lambda _: "")


def parse_audit(text: str) -> tuple[etree._Element, str] | None:
    """The one audit element of a record and the text before it; None when there is no such whole element."""
    found = AUDIT_START.search(text)
    if found is None:
        return None
    body = text[found.start() : text.rfind(">") + 1]
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        return None
    try:
        return etree.fromstring(body.encode(), _PARSER), text[: found.start()]
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None


def local_name(element: etree._Element) -> str:
    """Its name without its namespace."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def with_content(records: pa.Table, to_json: ToJson, headers_of: HeadersOf | None = None) -> pa.Table:
    """The records with a column `content` before the others: XML as JSON, other records as null.

    `headers_of` reads what stands before the elements, where `to_json` says something of it.
    """
    texts = records.column("record").cast(pa.string()).combine_chunks()
    is_read = pc.invert(pc.is_in(records.column("mark"), pa.array(_UNREAD))).to_numpy()
    contents = _read_alike(texts, is_read, to_json, headers_of)
    left = np.flatnonzero(is_read & contents.is_null().to_numpy(zero_copy_only=False))
    if len(left):
        contents = _filled(contents, left, _parsed(texts, left, to_json))
    return add_content(records, contents)


def add_content(records: pa.Table, content: pa.Array) -> pa.Table:
    """The records with this column before the others."""
    return records.add_column(0, pa.field("content", pa.string()), content)


def content_of(text: str, to_json: ToJson) -> bytes | None:
    """One record's JSON, by the parser; None when it is not well formed."""
    parsed = parse_audit(text)
    return None if parsed is None else msgspec.json.encode(to_json(*parsed))


def _read_alike(
    texts: pa.Array, is_read: npt.NDArray[np.bool_], to_json: ToJson, headers_of: HeadersOf | None
) -> pa.Array:
    starts = element_starts(texts)
    rows = np.flatnonzero(is_read & (starts >= 0) & pc.ends_with(texts, ">").to_numpy(zero_copy_only=False))
    if len(rows) < FEWEST:
        return pa.nulls(len(texts), pa.string())
    whole, starts = (texts, starts) if len(rows) == len(texts) else (texts.take(pa.array(rows)), starts[rows])
    headers = NO_HEADERS if headers_of is None else headers_of(part_of(whole, np.zeros_like(starts), starts))
    bodies = part_of(whole, starts, pc.binary_length(whole).to_numpy())
    found = read_alike(bodies, headers, lambda text: content_of(text, to_json))
    return _filled(pa.nulls(len(texts), pa.string()), rows, found)


def _parsed(texts: pa.Array, rows: Places, to_json: ToJson) -> pa.Array:
    """The records at these places, one by one; some thousand at a time are held as text."""
    parts = [
        pa.array([content_of(text, to_json) for text in part.to_pylist()], pa.binary()).cast(pa.string())
        for at in range(0, len(rows), BATCH_RECORDS)
        if len(part := texts.take(pa.array(rows[at : at + BATCH_RECORDS])))
    ]
    return pa.concat_arrays(parts)


def _filled(contents: pa.Array, rows: Places, found: pa.Array) -> pa.Array:
    """The contents with those found put at their places, in order."""
    if len(rows) == len(contents):
        return found
    picked = np.arange(len(contents))
    picked[rows] = len(contents) + np.arange(len(rows))
    return pa.concat_arrays([contents, found]).take(pa.array(picked))
