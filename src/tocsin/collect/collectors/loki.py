# SPDX-License-Identifier: Apache-2.0
"""Grafana Loki: lines in order of time, page by page, written as `logcli --output=jsonl` writes them.

From documentation: Loki HTTP API, `GET /loki/api/v1/query_range` (`start` inclusive, `end` exclusive,
`direction=forward`, at most `limit` lines over all streams). Loki keeps one of two equal lines of a stream at
the same nanosecond, so labels, nanosecond and line together are a record. It tells no total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.collect.answers import decoded, digest, one_line, read_position, written_position
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import check_period, check_settle, last_instant
from tocsin.core.errors import InputError, Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _, visible

PATH = "loki/api/v1/query_range"
MOST_LINES = 5000
"""`max_entries_limit_per_query`, as it is unless somebody changed it."""

DAY = 86_400 * 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LokiKeys(Reach, frozen=True, kw_only=True):
    """`collect = { from = "loki", … }`"""

    query: str
    """LogQL that gives lines: a selector and filters, as in {app="dpi"}."""

    tenant: str | None = None
    """X-Scope-OrgID, where Loki has several."""

    page: int = MOST_LINES
    """Lines of a page: not more than the server allows."""

    settle: int = 300
    """Seconds that a line may take to be there."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on: at this nanosecond, but for the lines taken of it."""

    at: int
    seen: list[str]


class _Stream(msgspec.Struct):
    stream: msgspec.Raw
    values: list[list[msgspec.Raw]]


class _Data(msgspec.Struct):
    result_type: str = msgspec.field(name="resultType")
    result: msgspec.Raw


class _Answer(msgspec.Struct):
    status: str
    data: _Data
    warnings: list[str] = []


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    labels: bytes
    text: bytes
    more: bytes


class Loki(HttpCollector[LokiKeys]):
    """A Loki server."""

    kind = "loki"
    title = "Grafana Loki (query over a range of time)"
    keys = LokiKeys
    also_how = frozenset({"page", "settle"})

    def check_asked(self, source: SourceSettings, asked: LokiKeys) -> None:
        """See `HttpCollector.check_asked`."""
        check_period(source)
        check_settle(source, asked.settle)
        if asked.page < 1:
            raise misfit(source, "page", _("Write a number of lines, from 1."))
        if not asked.query.lstrip().startswith("{"):
            raise misfit(source, "query", _('Write a selector of lines, as in {{app="dpi"}}: no metric.'))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        before = read_position(position, Position, source.name)
        end = _nanoseconds(last_instant(source, asked.settle))
        first = source.period.from_ if source.period is not None else None
        at = before.at if before is not None else _nanoseconds(first or EPOCH)
        seen = set(before.seen) if before is not None else set()
        with self.web(source, asked) as web:
            while at < end:
                until = min(end, at + DAY)
                lines, warnings = _ask(web, asked, source.name, at, until)
                fresh = [line for line in lines if line.at > at or _key(line) not in seen]
                is_full = len(lines) >= asked.page
                if is_full and lines[-1].at == at:
                    raise _crowded(source.name, asked.page)
                last = lines[-1].at if is_full else until
                if last > at:
                    seen = set()
                at = last
                seen |= {_key(line) for line in lines if line.at == at}
                place = written_position(Position(at=at, seen=sorted(seen)))
                records = b"".join(_written(line) for line in fresh)
                yield Page(records, place, len(fresh), notes=_notes(warnings))


def _ask(web: Web, asked: LokiKeys, name: str, since: int, until: int) -> tuple[list[_Line], list[str]]:
    """The lines of [since, until), earliest first."""
    params = [
        ("query", asked.query),
        ("start", str(since)),
        ("end", str(until)),
        ("limit", str(asked.page)),
        ("direction", "forward"),
    ]
    headers = {"accept": "application/json"} | ({"x-scope-orgid": asked.tenant} if asked.tenant else {})
    found = decoded(web.ask("GET", PATH, params=params, headers=headers).body, _Answer, name)
    if found.status != "success" or found.data.result_type != "streams":
        raise InputError(
            _("The query of the source '{name}' gives no lines ({kind})."),
            do=_("Write a selector and filters alone."),
            code="no_lines",
            name=name,
            kind=visible(found.data.result_type)[:40],
        )
    streams = decoded(bytes(found.data.result), list[_Stream], name)
    lines = [_line(one.stream, value, name) for one in streams for value in one.values]
    return sorted(lines, key=lambda line: line.at), found.warnings


def _line(labels: msgspec.Raw, value: list[msgspec.Raw], name: str) -> _Line:
    at = int(decoded(bytes(value[0]), str, name))
    more = one_line(value[2]).strip() if len(value) > 2 else b""
    return _Line(at, one_line(labels).strip(), one_line(value[1]).strip(), b"" if more == b"{}" else more)


def _key(line: _Line) -> str:
    return digest(line.labels, line.text, line.more)


def _written(line: _Line) -> bytes:
    """As logcli: labels, the line, the instant with nine decimals; and what else Loki holds of it."""
    instant = EPOCH + timedelta(seconds=line.at // 10**9)
    stamp = f"{instant:%Y-%m-%dT%H:%M:%S}.{line.at % 10**9:09d}Z".encode()
    more = b',"structuredMetadata":' + line.more if line.more else b""
    return (
        b'{"labels":'
        + line.labels
        + b',"line":'
        + line.text
        + b',"timestamp":"'
        + stamp
        + b'"'
        + more
        + b"}\n"
    )


def _nanoseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1) * 1000


def _crowded(name: str, page: int) -> InputError:
    return InputError(
        _("At least {page} lines of the source '{name}' carry the same nanosecond: the rest stays unknown."),
        do=_("Raise `page` as far as the server allows, or narrow the query."),
        code="same_instant",
        page=page,
        name=name,
    )


def _notes(warnings: list[str]) -> tuple[tuple[str, Sentence], ...]:
    if not warnings:
        return ()
    text = _("Warnings that the place adds to its answer, which may not be whole: {n}.")
    return (("warnings", Sentence(text, {"n": len(warnings)})),)
