# SPDX-License-Identifier: Apache-2.0
"""Graylog's exports against a stub from its documentation: totals, ends of spans, both APIs."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from tests.unit.collect.answering import Asked, Said, said, serving
from tests.unit.collect.collecting import at, codes, collect, source, values
from tocsin.collect import http
from tocsin.collect.collectors.graylog import Graylog
from tocsin.collect.interface import Page
from tocsin.core.errors import MachineError, SettingsError


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", "abc:token")
    monkeypatch.setattr(http, "sleep", lambda _: None)


class Server:
    """The stub: messages by their second after noon."""

    def __init__(self, messages: list[tuple[float, str]]) -> None:
        self.messages = messages
        self.is_old = False
        self.counts = True
        self.includes_end = True
        self.loses = 0
        self.cut: int | None = None

    def __call__(self, asked: Asked) -> Said:
        assert asked.headers["authorization"].startswith("Basic ")
        if asked.path == "/api/views/search/messages":
            if self.is_old:
                return Said(status=404)
            assert asked.headers["x-requested-by"]
            body = asked.json
            assert body["query_string"] == {"type": "elasticsearch", "query_string": "*"}
            bounds = body["timerange"]
            assert isinstance(bounds, dict)
            return self._rows(bounds["from"], bounds["to"], list(body["fields_in_order"]))  # type: ignore[call-overload]
        if asked.path == "/api/search/universal/absolute/export":
            return self._rows(asked.param("from"), asked.param("to"), asked.param("fields").split(","))
        assert asked.path == "/api/search/universal/absolute"
        if not self.counts:
            return Said(status=404)
        return said({"total_results": len(self._within(asked.param("from"), asked.param("to")))})

    def _within(self, since: str, until: str) -> list[tuple[str, str]]:
        first, last = datetime.fromisoformat(since), datetime.fromisoformat(until)
        timed = [(datetime.fromisoformat(at(second)), text) for second, text in self.messages]
        return [
            (moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"), text)
            for moment, text in sorted(timed, reverse=True)
            if first <= moment < last or (self.includes_end and moment == last)
        ]

    def _rows(self, since: str, until: str, fields: list[str]) -> Said:
        found = self._within(since, until)[self.loses :]
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(fields)
        for moment, message in found:
            cells = {"timestamp": moment, "source": "web-1", "message": message}
            writer.writerow([cells.get(field, "") for field in fields])
        return Said(text.getvalue().encode(), cut=self.cut)


def run(stub: Server, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:
        return collect(Graylog(), source("graylog", server.url, **{"window": 600, **keys}), stands)


def messages(pages: list[Page]) -> list[str]:
    whole = "".join(page.records.decode() for page in pages)
    return sorted(row["message"] for row in csv.DictReader(io.StringIO(whole)) if row["message"] != "message")


MESSAGES = [
    (0.0, "first"),
    (599.999, "a"),
    (600.0, 'b, "quoted"\nand a line'),
    (1200.0, "c"),
    (3599.0, "last"),
]


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("includes_end", [False, True])
def test_collector_brings_every_message_once_whatever_the_version(is_old: bool, includes_end: bool) -> None:
    stub = Server(MESSAGES)
    stub.is_old, stub.includes_end = is_old, includes_end
    pages = run(stub)
    assert messages(pages) == sorted(text for _, text in MESSAGES)
    assert (codes(pages), sum(page.count for page in pages)) == ([], 5)
    assert {page.name for page in pages} == {"records.csv"}


def test_collector_goes_on_behind_any_span() -> None:
    whole = run(Server(MESSAGES))
    for stop in range(1, len(whole) + 1):
        again = [*whole[:stop], *run(Server(MESSAGES), whole[:stop])]
        assert messages(again) == sorted(text for _, text in MESSAGES)


def test_collector_says_that_an_export_ended_early() -> None:
    stub = Server([(float(n), f"m{n}") for n in range(9)])
    stub.loses = 2
    assert values(run(stub), "total_differs") == {"told": 9, "came": 7}


def test_collector_says_that_nothing_is_counted() -> None:
    stub = Server(MESSAGES)
    stub.counts = False
    assert set(codes(run(stub))) == {"no_total"}


def test_collector_takes_no_export_that_is_cut() -> None:
    stub = Server(MESSAGES)
    stub.cut = 60
    with pytest.raises(MachineError):
        run(stub, retries=0)


def test_collector_takes_no_export_without_times() -> None:
    def answers(asked: Asked) -> Said:
        return Said(b'"source","message"\n"a","b"\n')

    with serving(answers) as server, pytest.raises(MachineError):
        collect(Graylog(), source("graylog", server.url))


def test_collector_takes_no_export_whose_time_is_none() -> None:
    body = b'"timestamp","message"\n"yesterday","b"\n'
    with serving(lambda _: Said(body)) as server, pytest.raises(MachineError):
        collect(Graylog(), source("graylog", server.url))


@pytest.mark.parametrize("fields", [["message"], ["timestamp", "timestamp"]])
def test_collector_refuses_fields_without_the_time(fields: list[str]) -> None:
    with pytest.raises(SettingsError):
        collect(Graylog(), source("graylog", "https://x/", fields=fields))
