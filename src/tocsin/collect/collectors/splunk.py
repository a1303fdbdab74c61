# SPDX-License-Identifier: Apache-2.0
"""Splunk: one export search for each span of time, its rows kept as the lines they came in.

From documentation: Splunk REST API, `search/jobs/export` (`output_mode=json`: one object a line, `preview`
rows before the final ones, `lastrow` on the last). An answer without `lastrow` was cut: it is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial as bound
from urllib.parse import urlencode

import msgspec

from tocsin.collect.answers import decoded, one_line, partial
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import Taken, Window, check_period, check_window, total_differs, windows
from tocsin.core.errors import MachineError, Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

FORM = {"content-type": "application/x-www-form-urlencoded"}
BAD = ("FATAL", "ERROR")
CUT_SHORT = ("finalized", "truncated", "limit")
"""In a warning of Splunk: the search gave less than there is."""


class SplunkKeys(Reach, frozen=True, kw_only=True):
    """`collect = { from = "splunk", … }`"""

    search: str
    """SPL that gives events with their `_raw`: no statistics."""

    path: str = "services/search/v2/jobs/export"
    """Before Splunk 9: `services/search/jobs/export`; within an app: `servicesNS/…`."""

    window: int = 3600
    """Seconds of one search; halved where the answer is too large."""

    settle: int = 300
    """Seconds that an event may take to be indexed."""


class _Message(msgspec.Struct):
    type: str = ""
    text: str = ""


class _Row(msgspec.Struct):
    preview: bool = False
    lastrow: bool = False
    offset: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"")
    messages: list[_Message] = []


class Splunk(HttpCollector[SplunkKeys]):
    """A search head."""

    kind = "splunk"
    title = "Splunk (export of a search)"
    keys = SplunkKeys
    also_how = frozenset({"window", "settle", "path"})

    def check_asked(self, source: SourceSettings, asked: SplunkKeys) -> None:
        """See `HttpCollector.check_asked`."""
        check_period(source)
        check_window(source, asked.window, asked.settle)
        if not asked.search.strip():
            raise misfit(source, "search", _("Write the search, as in: index=dpi sourcetype=access."))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        with self.web(source, asked) as web:
            take = bound(_take, web, asked, source.name)
            yield from windows(source, position, seconds=asked.window, settle=asked.settle, take=take)


def _take(web: Web, asked: SplunkKeys, name: str, window: Window) -> Taken:
    search = asked.search.strip()
    form = {
        "search": search if search.startswith(("search ", "|")) else f"search {search}",
        "earliest_time": f"{window.since.timestamp():.3f}",
        "latest_time": f"{window.until.timestamp():.3f}",
        "output_mode": "json",
        "preview": "false",
        "search_mode": "normal",
    }
    answer = web.ask("POST", asked.path, body=urlencode(form).encode(), headers=FORM)
    return _rows(answer.body, name)


def _rows(body: bytes, name: str) -> Taken:
    """The final rows; raises MachineError when the last one is not there, or Splunk tells of an error."""
    lines: list[bytes] = []
    previews = highest = 0
    is_ended = False
    for line in body.split(b"\n"):
        if not line.strip():
            continue
        row = decoded(line, _Row, name)
        _refuse_messages(row, name)
        if row.preview:
            previews += bytes(row.result) != b""
            continue
        is_ended = is_ended or row.lastrow
        if bytes(row.result):
            lines.append(one_line(line))
            highest = max(highest, row.offset + 1 if row.offset is not None else 0)
    if not is_ended:
        raise MachineError(
            _("The answer for the source '{name}' ends before its last row."),
            do=_("It was not taken. Run again; a smaller window may help."),
            code="broken_off",
            name=name,
        )
    return Taken(b"".join(lines), len(lines), _notes(previews, highest, len(lines)))


def _refuse_messages(row: _Row, name: str) -> None:
    for message in row.messages:
        kind, said = message.type.upper(), message.text.lower()
        if kind in BAD or (kind == "WARN" and any(word in said for word in CUT_SHORT)):
            raise partial(name, kind)


def _notes(previews: int, highest: int, came: int) -> tuple[tuple[str, Sentence], ...]:
    notes = []
    if previews:
        text = _("Preview rows that were passed over, for they come again as final rows: {n}.")
        notes.append(("preview", Sentence(text, {"n": previews})))
    if highest and highest != came:
        notes.append(total_differs(highest, came))
    return tuple(notes)
