# SPDX-License-Identifier: Apache-2.0
"""XML without entities: a document type is refused before anything is parsed, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from tocsin.scope.profiles.content import Unreadable


def elements(file: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    """(event, element) as the document goes on; the caller clears what it has read. Raises Unreadable."""
    try:
        for event, element in etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if event == "start" and element.getparent() is None and element.getroottree().docinfo.doctype:
                raise Unreadable("entities")
            yield event, element
    except etree.XMLSyntaxError:
        raise Unreadable("damaged") from None


def local_name(element: etree._Element) -> str:
    """Without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def forget(element: etree._Element) -> None:
    """Free an element and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
