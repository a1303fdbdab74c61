# SPDX-License-Identifier: Apache-2.0
"""The one place that parses XML: one record's text to an element, or to nothing when it is not well formed.

No entity is resolved, no document type loaded, nothing fetched. A record that declares a document type does
not come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pyarrow as pa
from lxml import etree

from tocsin.ingest.interface import Mark

AUDIT_START = re.compile(r"<(?:[\w.-]+:)?Audit(?:Message|Event)[\s/>]")
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


def with_content(
    batch: pa.RecordBatch, to_json: ToJson, plain: Callable[[str], object | None] = lambda _: None
) -> pa.RecordBatch:
    """The batch with a column `content` before the others: XML records as JSON, other records as null.

    `plain` may give the same as parsing does, sooner, or None.
    """
    written: list[bytes | None] = []
    records = batch.column("record").to_pylist()
    for text, mark in zip(records, batch.column("mark").to_pylist(), strict=True):
        found = None if mark in _UNREAD else plain(text)
        if found is None and mark not in _UNREAD:
            parsed = parse_audit(text)
            found = None if parsed is None else to_json(*parsed)
        written.append(None if found is None else msgspec.json.encode(found))
    return add_content(batch, pa.array(written, pa.string()))


def add_content(batch: pa.RecordBatch, content: pa.Array) -> pa.RecordBatch:
    """The batch with this column before the others."""
    schema = pa.schema([pa.field("content", pa.string()), *batch.schema])
    return pa.RecordBatch.from_arrays([content, *batch.columns], schema=schema)
