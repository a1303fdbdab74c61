# SPDX-License-Identifier: Apache-2.0
"""IHE ITI-82, Retrieve Syslog Event: `GET [base]/syslogsearch?date=ge…&date=le…`, a span of time at a time.

From documentation: IHE ITI TF-2 §3.82 and ANS CI-SIS "Traçabilité d'événements": an array of syslog messages,
in JSON or XML as asked for; no paging and no total are defined. Members are found by their names of RFC 5424
whatever their case and hyphens. Each message is kept as one JSON object a line: its bytes, or its XML
elements by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial as bound
from typing import Literal

import msgspec
from lxml import etree

from tocsin.collect.answers import decoded, one_line, unreadable
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import Taken, Window, check_period, check_window, windows
from tocsin.core.errors import Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

_MEMBER = re.compile(r"[^a-z]")
_MEMBERS = {"timestamp", "msg", "pri", "hostname"}
_HEADER_TIME = re.compile(r"^<\d{1,3}>\d* ?(\S+)")


class Iti82Keys(Reach, frozen=True, kw_only=True):
    """`collect = { from = "iti-82", … }`; the secret is an OAuth token, where there is one."""

    params: dict[str, str] = {}
    """More search parameters: pri, hostname, app-name, procid, msg-id, msg."""

    path: str = "syslogsearch"
    answer: Literal["json", "xml"] = "json"
    window: int = 3600
    """Seconds of one search; halved where the answer is too large."""

    settle: int = 300
    """Seconds that a message may take to be found."""


class Iti82(HttpCollector[Iti82Keys]):
    """An audit record repository."""

    kind = "iti-82"
    title = "IHE ITI-82 (search of syslog messages)"
    keys = Iti82Keys
    also_how = frozenset({"window", "settle", "answer"})

    def check_asked(self, source: SourceSettings, asked: Iti82Keys) -> None:
        """See `HttpCollector.check_asked`."""
        check_period(source)
        check_window(source, asked.window, asked.settle)
        if "date" in asked.params:
            raise misfit(source, "params", _("Take `date` out: `period` says it."))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        with self.web(source, asked) as web:
            take = bound(_take, web, asked, source.name)
            yield from windows(source, position, seconds=asked.window, settle=asked.settle, take=take)


def _take(web: Web, asked: Iti82Keys, name: str, window: Window) -> Taken:
    params = [
        ("date", f"ge{_written(window.since)}"),
        ("date", f"le{_written(window.until)}"),
        ("_format", asked.answer),
        *asked.params.items(),
    ]
    body = web.ask("GET", asked.path, params=params, headers={"accept": f"application/{asked.answer}"}).body
    messages = _of_json(body, name) if asked.answer == "json" else _of_xml(body, name)
    kept: list[bytes] = []
    timeless = 0
    for message in messages:
        at = _instant(message)
        timeless += at is None
        # Both bounds belong to the answer: what stands at the end is the next span's.
        if at is None or window.since <= at < window.until:
            kept.append(message)
    return Taken(b"".join(kept), len(kept), _notes(timeless))


def _notes(timeless: int) -> tuple[tuple[str, Sentence], ...]:
    if not timeless:
        return ()
    text = _("Messages without a time, which may stand twice at the bounds of a span: {n}.")
    return (("timeless", Sentence(text, {"n": timeless})),)


def _of_json(body: bytes, name: str) -> list[bytes]:
    """The elements of the array, or of the one array within an object; a bare text is a message."""
    found: list[msgspec.Raw] | dict[str, msgspec.Raw]
    found = decoded(body, list[msgspec.Raw] | dict[str, msgspec.Raw], name)  # type: ignore[arg-type]
    if isinstance(found, dict):
        lists = [value for value in found.values() if bytes(value).lstrip().startswith(b"[")]
        if len(lists) != 1:
            raise unreadable(name)
        found = decoded(bytes(lists[0]), list[msgspec.Raw], name)
    return [_as_object(one_line(one), name) for one in found]


def _as_object(line: bytes, name: str) -> bytes:
    if line.startswith(b"{"):
        return line
    if line.startswith(b'"'):
        return b'{"Msg":' + line.strip() + b"}\n"
    raise unreadable(name)


def _of_xml(body: bytes, name: str) -> list[bytes]:
    """The elements beneath the root, or beneath its one list, as objects of their members' texts."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise unreadable(name) from None
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise unreadable(name)
    messages = list(root.iterchildren(etree.Element))
    if len(messages) == 1 and not _MEMBERS & {
        _MEMBER.sub("", name.lower()) for name in _members(messages[0])
    }:
        messages = list(messages[0].iterchildren(etree.Element))
    return [msgspec.json.encode(_members(message)) + b"\n" for message in messages]


def _members(message: etree._Element) -> dict[str, str]:
    children = list(message.iterchildren(etree.Element))
    if not children:
        return {"Msg": message.text or ""}
    return {etree.QName(child).localname: _inner(child) for child in children}


def _inner(element: etree._Element) -> str:
    """Its text, or the XML that stands in it."""
    inside = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return (element.text or "") + inside


def _instant(line: bytes) -> datetime | None:
    """The message's own time (RFC 5424 §6.2.3): of its member, else of its header."""
    try:
        found = msgspec.json.decode(line, type=dict[str, object])
    except msgspec.DecodeError:
        return None
    members = {_MEMBER.sub("", key.lower()): value for key, value in found.items()}
    said = members.get("timestamp")
    if said is None and (header := _HEADER_TIME.match(str(members.get("msg", "")))):
        said = header[1]
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
