# SPDX-License-Identifier: Apache-2.0
"""IHE ITI-81 against a stub that behaves as HAPI FHIR does, written for these tests: a search cached under a
key, pages by `_getpages`, `total`, entries of mode outcome and include. It is not HAPI FHIR.
"""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.collect.answering import Asked, Said, said, serving
from tests.unit.collect.collecting import at, brought, codes, collect, drain, source, values
from tocsin.collect import http
from tocsin.collect.collectors.iti81 import Iti81
from tocsin.collect.interface import Page
from tocsin.core.errors import InputError, MachineError, SettingsError

Resource = dict[str, object]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", "oauth-token")
    monkeypatch.setattr(http, "sleep", lambda _: None)


def event(key: str, seconds: float, **more: object) -> Resource:
    return {"resourceType": "AuditEvent", "id": key, "recorded": at(seconds), "action": "R", **more}


class Hapi:
    """The stub."""

    def __init__(self, events: list[Resource]) -> None:
        self.events = events
        self.cached = True
        """A search once made stays as it was; else each page is cut out of what there is then."""
        self.searches: dict[str, list[Resource]] = {}
        self.bounds: dict[str, tuple[str, str]] = {}
        self.total_off = 0
        self.no_total = False
        self.first: list[Said] = []
        """Answers that come before any other."""
        self.more: list[Resource] = []
        """Entries beside those that match."""
        self.next_link: str | None = None
        self.ignores_dates = False
        self.turn = 0

    def __call__(self, asked: Asked) -> Said:
        if self.first:
            return self.first.pop(0)
        assert asked.headers["authorization"] == "Bearer oauth-token"
        assert asked.headers["accept"] == "application/fhir+json"
        base = f"http://{asked.headers['host']}"
        if asked.path == "/AuditEvent":
            since, until = (value for key, value in asked.params if key == "date")
            assert (since[:2], until[:2]) == ("ge", "lt")
            key = f"s{len(self.searches)}"
            self.bounds[key] = (since[2:], until[2:])
            self.searches[key] = self._within(key)
            return self._page(base, key, 0, int(asked.param("_count")))
        key, offset = asked.param("_getpages"), int(asked.param("_getpagesoffset"))
        if key not in self.searches:
            return said({"resourceType": "OperationOutcome"}, 410)
        return self._page(base, key, offset, int(asked.param("_count")))

    def _within(self, key: str) -> list[Resource]:
        since, until = (datetime.fromisoformat(text) for text in self.bounds[key])
        found = [
            one
            for one in self.events
            if self.ignores_dates or since <= datetime.fromisoformat(str(one["recorded"])) < until
        ]
        return sorted(found, key=lambda one: str(one["recorded"]))

    def _page(self, base: str, key: str, offset: int, count: int) -> Said:
        self.turn += 1
        found = self.searches[key] if self.cached else self._within(key)
        links = [{"relation": "self", "url": f"{base}/AuditEvent"}]
        if offset + count < len(found) or self.next_link:
            url = self.next_link or f"{base}/?_getpages={key}&_getpagesoffset={offset + count}&_count={count}"
            links.append({"relation": "next", "url": url})
        entries = [
            {"fullUrl": f"{base}/AuditEvent/{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in found[offset : offset + count]
        ]
        total = {} if self.no_total else {"total": len(found) + self.total_off}
        bundle = {"resourceType": "Bundle", "type": "searchset", **total, "link": links}
        return Said(json.dumps({**bundle, "entry": [*entries, *self.more]}, indent=2).encode())


def run(stub: object, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:  # type: ignore[arg-type]
        return collect(Iti81(), source("iti-81", server.url, **{"page": 3, "window": 1800, **keys}), stands)


def ids(pages: list[Page]) -> list[str]:
    return [str(one["id"]) for one in brought(pages)]


def test_collector_brings_every_event_once_over_spans_and_pages() -> None:
    events = [event(f"e{n}", n * 300) for n in range(12)]
    pages = run(Hapi(events))
    assert ids(pages) == [f"e{n}" for n in range(12)]
    assert brought(pages) == events
    assert codes(pages) == []


def test_collector_keeps_the_resource_as_the_bytes_it_came_in() -> None:
    entry = b'{"resource":\n{"id" : "e1",\n "x":1.0,"resourceType":"AuditEvent"}}'
    body = b'{"resourceType":"Bundle","type":"searchset","total":1,"entry":[' + entry + b"]}"
    answers = iter([Said(body), Said(b'{"resourceType":"Bundle","type":"searchset","total":0}')])
    pages = run(lambda _: next(answers))
    assert pages[0].records == b'{"id" : "e1",  "x":1.0,"resourceType":"AuditEvent"}\n'.replace(
        b",  ", b",  "
    )


def test_collector_goes_on_behind_any_page_even_when_its_link_is_gone() -> None:
    events = [event(f"e{n}", n * 150) for n in range(24)]
    whole = run(Hapi(events))
    for stop in range(1, len(whole)):
        rest = run(Hapi(events), whole[:stop])
        assert sorted(ids([*whole[:stop], *rest])) == sorted(one["id"] for one in events)  # type: ignore[type-var]
        assert codes(rest) == []


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3599), max_size=14), st.integers(1, 8))
def test_collector_loses_nothing_whatever_the_times(times: list[int], stop: int) -> None:
    events = [event(f"e{n}", seconds) for n, seconds in enumerate(times)]
    whole = run(Hapi(events))
    assert sorted(ids(whole)) == sorted(f"e{n}" for n in range(len(times)))
    assert sorted(ids([*whole[:stop], *run(Hapi(events), whole[:stop])])) == sorted(ids(whole))


def test_collector_takes_an_outcome_for_no_record_and_says_so() -> None:
    stub = Hapi([event("e1", 1)])
    issue = {"severity": "information", "code": "informational", "diagnostics": "DUPONT"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    stub.more = [{"resource": outcome, "search": {"mode": "outcome"}}]
    pages = run(stub)
    assert ids(pages) == ["e1"]
    assert codes(pages) == ["warnings", "warnings"]


def test_collector_takes_no_page_whose_outcome_is_an_error() -> None:
    stub = Hapi([event("e1", 1)])
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "incomplete"}]}
    stub.more = [{"resource": outcome, "search": {"mode": "outcome"}}]
    with pytest.raises(MachineError) as caught:
        run(stub)
    assert caught.value.code == "partial_answer"


def test_collector_walks_once_more_when_pages_shift_while_they_are_read() -> None:
    stub = Hapi([event(f"e{n}", 10 + n) for n in range(7)])
    stub.cached = False

    def shifting(asked: Asked) -> Said:
        if stub.turn == 1:
            # An earlier one is deleted behind us: what was fourth is third now, and would be passed over.
            stub.events = [one for one in stub.events if one["id"] != "e0"]
        return stub(asked)

    pages = run(shifting)
    assert sorted(ids(pages)) == [f"e{n}" for n in range(7)]
    assert sum(page.repeated for page in pages) == 5
    assert codes(pages) == []


def test_collector_takes_once_what_two_pages_hold() -> None:
    stub = Hapi([event(f"e{n}", 10 + n) for n in range(7)])
    stub.cached = False

    def growing(asked: Asked) -> Said:
        if stub.turn == 1:
            stub.events.append(event("early", 1))
        return stub(asked)

    pages = run(growing)
    assert sorted(ids(pages)) == ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "early"]


def test_collector_says_that_a_total_differs() -> None:
    stub = Hapi([event("e1", 1)])
    stub.total_off = 2
    assert values(run(stub), "total_differs") == {"told": 3, "came": 1}


def test_collector_does_without_a_total() -> None:
    stub = Hapi([event("e1", 1)])
    stub.no_total = True
    assert (ids(run(stub)), codes(run(stub))) == (["e1"], [])


def test_collector_refuses_a_next_link_to_another_host() -> None:
    stub = Hapi([event("e1", 1)])
    stub.next_link = "http://evil.example/?_getpages=1"
    with serving(stub) as server, pytest.raises(InputError) as caught:
        collect(Iti81(), source("iti-81", server.url))
    assert caught.value.code == "other_host"


def test_collector_notices_a_next_link_in_a_circle() -> None:
    stub = Hapi([event("e1", 1)])
    stub.next_link = "/?_getpages=s0&_getpagesoffset=0&_count=3"
    with pytest.raises(MachineError) as caught:
        run(stub)
    assert (caught.value.code, stub.turn) == ("link_loop", 2)


def test_collector_notices_a_circle_whose_links_all_differ() -> None:
    stub = Hapi([event("e1", 1)])

    def turning(asked: Asked) -> Said:
        stub.next_link = f"/?_getpages=s0&_getpagesoffset=0&_count=3&_t={stub.turn}"
        return stub(asked)

    with pytest.raises(MachineError) as caught:
        run(turning)
    assert caught.value.code == "link_loop"


def test_collector_asks_again_when_the_place_is_busy_or_slow() -> None:
    stub = Hapi([event("e1", 1)])
    stub.first = [Said(status=429, headers={"retry-after": "1"}), Said(status=503)]
    assert ids(run(stub)) == ["e1"]


def test_collector_takes_no_page_that_is_cut() -> None:
    events = [event(f"e{n}", n) for n in range(7)]
    stub = Hapi(events)
    taken: list[Page] = []
    with serving(stub) as server:
        pages = Iti81().pages(source("iti-81", server.url, page=3, retries=0), None)
        with pytest.raises(MachineError):
            drain(
                pages, taken, lambda: stub.first.append(Said(b'{"resourceType":"Bundle"' + b" " * 90, cut=30))
            )
    assert ids(taken) == ["e0", "e1", "e2"]
    assert ids([*taken, *run(Hapi(events), taken)]) == [f"e{n}" for n in range(7)]


def test_collector_leaves_to_its_own_span_what_a_place_without_bounds_gives() -> None:
    stub = Hapi([event(f"e{n}", n * 600) for n in range(6)])
    stub.ignores_dates = True
    pages = run(stub)
    assert sorted(ids(pages)) == [f"e{n}" for n in range(6)]
    assert values(pages, "outside")["n"] == 6


def test_collector_keeps_both_when_one_id_has_two_contents() -> None:
    stub = Hapi([event("e1", 1), event("e1", 1, outcome="4")])
    pages = run(stub)
    assert (len(brought(pages)), "changed" in codes(pages)) == (2, True)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"resourceType":"OperationOutcome","issue":[]}', InputError),
        (b'{"resourceType":"Bundle","type":"batch"}', InputError),
        (b"<html>", MachineError),
        (b"", MachineError),
    ],
)
def test_collector_refuses_an_answer_that_is_no_page(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(lambda _: Said(body))


def test_collector_demands_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_COLLECT_SIEM")
    with pytest.raises(InputError) as caught:
        run(Hapi([]))
    assert caught.value.code == "no_secret"


def test_collector_says_that_the_token_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        run(lambda _: said({"resourceType": "OperationOutcome"}, 401))
    assert caught.value.code == "not_allowed"


@pytest.mark.parametrize("keys", [{"page": 0}, {"window": 0}, {"params": {"date": "ge2020"}}, {"pages": 3}])
def test_collector_refuses_settings_that_do_not_suit(keys: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        collect(Iti81(), source("iti-81", "https://x/", **keys))


def test_collector_demands_a_period() -> None:
    asked = source("iti-81", "https://x/")
    with pytest.raises(SettingsError) as caught:
        Iti81().check(type(asked)(name="siem", collect=asked.collect))
    assert (caught.value.code, "{ from" in caught.value.do) == ("no_period", True)


def test_collector_asks_nothing_when_the_period_lies_ahead() -> None:
    with serving(lambda _: Said(status=500)) as server:
        assert collect(Iti81(), source("iti-81", server.url, hours=0)) == []
        assert server.asked == []
