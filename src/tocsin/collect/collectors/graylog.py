# SPDX-License-Identifier: Apache-2.0
"""Graylog: one export for each span of time, as CSV rows, compared with the total that the server counts.

From documentation: Graylog REST API, `POST /api/views/search/messages` (from 3.3 on), else the older
`GET /api/search/universal/absolute/export`; totals by `GET /api/search/universal/absolute`. An export has no
sign of its end, so a total that differs is said. Whether the end of a span belongs to it differs between
versions: it is asked for, and rows outside the span are left to the next one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial as bound

import msgspec

from tocsin.collect.answers import decoded, unreadable
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.csv_cut import cut_rows
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import Taken, Window, check_period, check_window, total_differs, windows
from tocsin.core.errors import Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

NOT_KNOWN = (404, 405, 410)
CSV = {"accept": "text/csv", "x-requested-by": "tocsin"}
TIME = "timestamp"


class GraylogKeys(Reach, frozen=True, kw_only=True):
    """`collect = { from = "graylog", … }`; the secret is `user:password`, or `<token>:token`."""

    query: str = "*"
    """Graylog's search language."""

    streams: list[str] = []
    """Ids of streams; absent: all that may be read."""

    fields: list[str] = []
    """Columns, `timestamp` among them; absent: timestamp, source, message, full_message."""

    window: int = 3600
    """Seconds of one export; halved where the answer is too large."""

    settle: int = 300
    """Seconds that a message may take to be indexed."""

    @property
    def columns(self) -> list[str]:
        """Those asked for."""
        return self.fields or [TIME, "source", "message", "full_message"]


class _Counted(msgspec.Struct):
    total_results: int


class Graylog(HttpCollector[GraylogKeys]):
    """A Graylog server."""

    kind = "graylog"
    title = "Graylog (export of messages)"
    keys = GraylogKeys
    auth = "basic"
    also_how = frozenset({"window", "settle"})

    def check_asked(self, source: SourceSettings, asked: GraylogKeys) -> None:
        """See `HttpCollector.check_asked`."""
        check_period(source)
        check_window(source, asked.window, asked.settle)
        if TIME not in asked.columns or len(set(asked.columns)) < len(asked.columns):
            raise misfit(source, "fields", _("Name each field once, timestamp among them."))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        with self.web(source, asked) as web:
            take = bound(_take, web, asked, source.name)
            for page in windows(source, position, seconds=asked.window, settle=asked.settle, take=take):
                yield Page(page.records, page.position, page.count, name="records.csv", notes=page.notes)


def _take(web: Web, asked: GraylogKeys, name: str, window: Window) -> Taken:
    body = _export(web, asked, window)
    header, *rows = list(cut_rows(body)) or [b""]
    if not header.strip():
        return _counted(web, asked, window, Taken(b"", 0), 0, name)
    names = _cells(header, name)
    if TIME not in names:
        raise unreadable(name)
    place = names.index(TIME)
    inside, all_inside = [], 0
    for row in rows:
        if not row.strip():
            continue
        at = _instant(_cells(row, name)[place : place + 1], name)
        all_inside += window.since <= at <= window.until
        if window.since <= at < window.until:
            inside.append(row)
    records = b"".join([header, *inside]) if inside else b""
    return _counted(web, asked, window, Taken(records, len(inside)), all_inside, name)


def _export(web: Web, asked: GraylogKeys, window: Window) -> bytes:
    """The CSV of a span, by the API that the server has."""
    question = {
        "query_string": {"type": "elasticsearch", "query_string": asked.query},
        "timerange": {"type": "absolute", "from": _written(window.since), "to": _written(window.until)},
        "fields_in_order": asked.columns,
        **({"streams": asked.streams} if asked.streams else {}),
    }
    headers = {**CSV, "content-type": "application/json"}
    body = msgspec.json.encode(question)
    answer = web.ask("POST", "api/views/search/messages", body=body, headers=headers, allowed=NOT_KNOWN)
    if answer.status < 300:
        return answer.body
    params = [*_universal(asked, window), ("fields", ",".join(asked.columns))]
    return web.ask("GET", "api/search/universal/absolute/export", params=params, headers=CSV).body


def _universal(asked: GraylogKeys, window: Window) -> list[tuple[str, str]]:
    bounds = [("from", _written(window.since)), ("to", _written(window.until))]
    streams = " OR ".join(f"streams:{stream}" for stream in asked.streams)
    return [("query", asked.query), *bounds, *([("filter", streams)] if streams else [])]


def _counted(web: Web, asked: GraylogKeys, window: Window, taken: Taken, given: int, name: str) -> Taken:
    """The same, with a note when the server counts otherwise, or does not count.

    Its count holds the rows at the span's very end where its version has them in the span: both are right.
    """
    params = [*_universal(asked, window), ("limit", "1"), ("fields", TIME)]
    headers = {"accept": "application/json"}
    answer = web.ask(
        "GET", "api/search/universal/absolute", params=params, headers=headers, allowed=NOT_KNOWN
    )
    if answer.status >= 300:
        text = _("This server counts nothing: whether its answers are whole cannot be told.")
        return Taken(taken.records, taken.count, (("no_total", Sentence(text, {})),))
    told = decoded(answer.body, _Counted, name).total_results
    notes = () if told in (taken.count, given) else (total_differs(told, given),)
    return Taken(taken.records, taken.count, notes)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cells(row: bytes, name: str) -> list[str]:
    try:
        return next(csv.reader([row.decode("utf-8", "replace")], strict=True), [])
    except csv.Error:
        raise unreadable(name) from None


def _instant(cells: list[str], name: str) -> datetime:
    """Graylog writes UTC with its Z (ISO 8601)."""
    try:
        found = datetime.fromisoformat(cells[0])
    except (IndexError, ValueError):
        raise unreadable(name) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
