# SPDX-License-Identifier: Apache-2.0
"""Splunk's export against a stub that follows its documentation: final rows once, whole answers alone."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from tests.unit.collect.answering import Asked, Said, serving
from tests.unit.collect.collecting import NOON, brought, codes, collect, source, values
from tocsin.collect import http
from tocsin.collect.collectors.splunk import Splunk
from tocsin.collect.interface import Page
from tocsin.core.errors import InputError, MachineError, SettingsError

PATH = "/services/search/v2/jobs/export"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "sleep", lambda _: None)


class Search:
    """The stub: events by their second after noon, newest first as Splunk gives them."""

    def __init__(self, events: list[int]) -> None:
        self.events = events
        self.asked: list[dict[str, str]] = []
        self.before: list[dict[str, object]] = []
        self.most = 10**9
        self.cut: int | None = None
        self.ends = True

    def __call__(self, asked: Asked) -> Said:
        assert (asked.method, asked.path) == ("POST", PATH)
        form = {key: found[0] for key, found in parse_qs(asked.body.decode()).items()}
        self.asked.append(form)
        since, until = (float(form[key]) - NOON.timestamp() for key in ("earliest_time", "latest_time"))
        found = sorted((one for one in self.events if since <= one < until), reverse=True)
        rows: list[dict[str, object]] = list(self.before)
        for offset, one in enumerate(found):
            last = {"lastrow": True} if self.ends and offset == len(found) - 1 else {}
            rows.append({"preview": False, "offset": offset, **last, "result": {"_raw": f"event {one}"}})
        if not found and self.ends:
            rows.append({"preview": False, "lastrow": True})
        return Said("".join(f"{json.dumps(row)}\n" for row in rows).encode(), cut=self.cut)


def run(stub: Search, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:
        asked = source("splunk", server.url, **{"search": "index=dpi", "window": 600, **keys})
        return collect(Splunk(), asked, stands)


def events(pages: list[Page]) -> list[int]:
    return sorted(int(str(one["result"]["_raw"]).split()[1]) for one in brought(pages))  # type: ignore[index]


def test_collector_brings_every_event_once_over_adjacent_spans() -> None:
    stub = Search([0, 1, 599, 600, 601, 1200, 3599])
    pages = run(stub)
    assert events(pages) == stub.events
    assert (codes(pages), len(pages)) == ([], 6)
    assert stub.asked[0]["search"] == "search index=dpi"
    assert stub.asked[0]["output_mode"] == "json"


def test_collector_goes_on_behind_any_span() -> None:
    stub = Search(list(range(0, 3600, 100)))
    whole = run(stub)
    for stop in range(1, len(whole) + 1):
        assert events([*whole[:stop], *run(stub, whole[:stop])]) == stub.events


def test_collector_passes_over_previews_and_counts_them() -> None:
    stub = Search([1])
    stub.before = [{"preview": True, "offset": n, "result": {"_raw": "event 1"}} for n in range(3)]
    pages = run(stub, window=3600)
    assert events(pages) == [1]
    assert values(pages, "preview") == {"n": 3}


def test_collector_takes_no_answer_without_its_last_row() -> None:
    stub = Search([1, 2])
    stub.ends = False
    with pytest.raises(MachineError) as caught:
        run(stub)
    assert caught.value.code == "broken_off"


def test_collector_takes_no_answer_that_is_cut() -> None:
    stub = Search([1, 2])
    stub.cut = 30
    with pytest.raises(MachineError):
        run(stub, retries=0)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "FATAL", "text": "Unknown search command DUPONT"},
        {"type": "WARN", "text": "Search auto-finalized after disk usage limit (DUPONT)"},
    ],
)
def test_collector_takes_no_answer_that_splunk_calls_incomplete(message: dict[str, str]) -> None:
    stub = Search([1])
    stub.before = [{"messages": [message]}]
    with pytest.raises(MachineError) as caught:
        run(stub)
    assert caught.value.code == "partial_answer"
    assert "DUPONT" not in str(caught.value)


def test_collector_says_when_rows_are_missing_by_their_numbers() -> None:
    stub = Search([1])
    stub.before = [{"preview": False, "offset": 6, "result": {"_raw": "event 0"}}]
    assert values(run(stub, window=3600), "total_differs") == {"told": 7, "came": 2}


def test_collector_halves_a_span_whose_answer_is_too_large() -> None:
    stub = Search(list(range(0, 3600, 10)))
    pages = run(stub, window=3600, max_answer="5kB")
    assert events(pages) == stub.events
    assert len(pages) >= 8


def test_collector_says_when_a_millisecond_alone_is_too_large() -> None:
    with pytest.raises(InputError) as caught:
        run(Search([0] * 100), max_answer="1kB")
    assert caught.value.code == "answer_too_large"


@pytest.mark.parametrize("keys", [{"search": " "}, {"window": 0}, {"settle": -1}, {"serch": "x"}])
def test_collector_refuses_settings_that_do_not_suit(keys: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        collect(Splunk(), source("splunk", "https://x/", **{"search": "index=x", **keys}))
