# SPDX-License-Identifier: Apache-2.0
"""Elasticsearch and OpenSearch: each document once, whole pages alone, what was not brought said."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.collect.answering import Asked, Said, said, serving
from tests.unit.collect.collecting import NOON, brought, codes, collect, drain, milliseconds, source, values
from tests.unit.collect.elastic_stub import Elastic, Flavour, document
from tocsin.collect import http, windows
from tocsin.collect.collectors.elasticsearch import Elasticsearch
from tocsin.collect.interface import Page
from tocsin.core.errors import InputError, MachineError, SettingsError

FLAVOURS: list[Flavour] = ["elasticsearch", "opensearch", "scroll"]


def run(stub: Elastic, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:
        asked = source("elasticsearch", server.url, **{"index": "logs-*", "page": 3, **keys})
        return collect(Elasticsearch(), asked, stands)


def same(pages: list[Page], stub: Elastic) -> bool:
    ids = [one["_id"] for one in brought(pages)]
    return sorted(map(str, ids)) == sorted({str(one["_id"]) for one in stub.documents})


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_collector_brings_every_document_once_when_pages_end_within_a_millisecond(flavour: Flavour) -> None:
    stub = Elastic([document(f"d{n}", milliseconds(n // 5)) for n in range(17)], flavour)
    pages = run(stub)
    assert same(pages, stub)
    assert [page.count for page in pages if page.count] == [3, 3, 3, 3, 3, 2]
    assert codes(pages) == []
    assert stub.forgotten == 1


def test_collector_keeps_each_hit_as_it_came() -> None:
    stub = Elastic([document("d1", milliseconds(1), 'é\n\u2028 "quoted"')])
    [line] = run(stub)[0].records.splitlines(keepends=True)
    assert line.endswith(b"}\n")
    assert json.loads(line)["_source"]["message"] == 'é\n\u2028 "quoted"'


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_collector_goes_on_behind_any_page(flavour: Flavour) -> None:
    stub = Elastic([document(f"d{n}", milliseconds(n // 4)) for n in range(14)], flavour)
    whole = run(stub)
    for stop in range(1, len(whole)):
        rest = run(stub, whole[:stop])
        assert same([*whole[:stop], *rest], stub)
        assert codes(rest) == []


@settings(max_examples=15)
@given(st.lists(st.integers(0, 4), max_size=12), st.sampled_from(FLAVOURS), st.integers(1, 6))
def test_collector_loses_nothing_whatever_the_times(times: list[int], flavour: Flavour, stop: int) -> None:
    stub = Elastic([document(f"d{n}", milliseconds(at)) for n, at in enumerate(times)], flavour)
    whole = run(stub)
    assert same(whole, stub)
    assert same([*whole[:stop], *run(stub, whole[:stop])], stub)


def test_collector_takes_once_a_document_that_stands_in_two_indices() -> None:
    twice = [document("d1", milliseconds(1), index=f"logs-{n}") for n in (1, 2)]
    pages = run(Elastic([*twice, document("d2", milliseconds(2))]))
    assert [one["_id"] for one in brought(pages)] == ["d1", "d2"]
    assert codes(pages) == ["repeated"]
    assert sum(page.repeated for page in pages) == 1


def test_collector_keeps_both_when_one_id_has_two_contents() -> None:
    pages = run(Elastic([document("d1", milliseconds(1), text, index=text) for text in ("a", "b")]))
    assert len(brought(pages)) == 2
    assert codes(pages) == ["changed"]


def test_collector_takes_no_notice_again_of_what_it_had_dropped() -> None:
    twice = [document("d1", milliseconds(1), index=f"logs-{n}") for n in (1, 2)]
    stub = Elastic(twice)
    whole = run(stub)
    rest = run(stub, whole)
    assert (brought(rest), codes(rest)) == ([], [])


def test_collector_says_what_came_late() -> None:
    stub = Elastic([document(f"d{n}", milliseconds(n)) for n in range(5)])
    whole = run(stub)
    stub.documents += [document("late", milliseconds(1)), document("new", milliseconds(6))]
    rest = run(stub, whole)
    assert [one["_id"] for one in brought(rest)] == ["new"]
    assert values(rest, "late_or_removed") == {"held": 7, "taken": 6}


def test_collector_says_what_was_removed() -> None:
    stub = Elastic([document(f"d{n}", milliseconds(n)) for n in range(5)])
    whole = run(stub)
    del stub.documents[1]
    assert values(run(stub, whole), "late_or_removed") == {"held": 4, "taken": 5}


def test_collector_says_which_documents_have_no_time() -> None:
    timeless: dict[str, object] = {"_index": "logs-1", "_id": "x", "_source": {"message": "no time"}}
    pages = run(Elastic([document("d1", milliseconds(1)), timeless]))
    assert values(pages, "timeless")["n"] == 1


def test_collector_says_that_a_total_differs() -> None:
    stub = Elastic([document("d1", milliseconds(1))])
    stub.told = 9
    assert values(run(stub), "total_differs") == {"told": 9, "came": 1}


@pytest.mark.parametrize(
    "flaw",
    [
        {"timed_out": True},
        {"terminated_early": True},
        {"_shards": {"total": 2, "failed": 1, "failures": [{"reason": "DUPONT"}]}},
    ],
)
def test_collector_takes_no_page_that_its_place_calls_incomplete(flaw: dict[str, object]) -> None:
    stub = Elastic([document("d1", milliseconds(1))])
    stub.flaws = flaw
    with pytest.raises(MachineError) as caught:
        run(stub)
    assert caught.value.code == "partial_answer"
    assert "DUPONT" not in str(caught.value)


def test_collector_takes_no_page_that_is_cut_and_goes_on_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    stub = Elastic([document(f"d{n}", milliseconds(n)) for n in range(9)])
    taken: list[Page] = []

    def cut() -> None:
        stub.cut = 100

    with serving(stub) as server:
        asked = source("elasticsearch", server.url, index="logs-*", page=3, retries=1)
        with pytest.raises(MachineError):
            drain(Elasticsearch().pages(asked, None), taken, cut)
    stub.cut = None
    assert [one["_id"] for one in brought(taken)] == ["d0", "d1", "d2"]
    assert same([*taken, *run(stub, taken)], stub)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_collector_goes_on_when_the_view_is_gone(flavour: Flavour) -> None:
    stub = Elastic([document(f"d{n}", milliseconds(n // 2)) for n in range(9)], flavour)
    taken: list[Page] = []

    def forget() -> None:
        stub.views.clear()
        stub.scrolls.clear()

    with serving(stub) as server:
        asked = source("elasticsearch", server.url, index="logs-*", page=3)
        with pytest.raises(MachineError) as caught:
            drain(Elasticsearch().pages(asked, None), taken, forget)
        assert caught.value.code == "expired"
    assert same([*taken, *run(stub, taken)], stub)


def test_collector_reads_nanoseconds() -> None:
    hits = [{**document(f"d{n}", 0), "sort": [str(milliseconds(1) * 1_000_000 + n), n]} for n in range(5)]
    turns = iter([hits, []])
    stub = Elastic([document(f"d{n}", milliseconds(1)) for n in range(5)])

    def in_nanoseconds(asked: Asked) -> Said:
        if asked.path != "/_search":
            return stub(asked)
        return said({"hits": {"hits": next(turns), "total": {"value": 5, "relation": "eq"}}})

    with serving(in_nanoseconds) as server:
        pages = collect(Elasticsearch(), source("elasticsearch", server.url, index="logs-*", page=10))
    assert json.loads(pages[-1].position)["at"] == milliseconds(1)
    assert (same(pages, stub), codes(pages)) == (True, [])


def test_collector_refuses_a_field_that_is_no_date() -> None:
    stub = Elastic([document("d1", milliseconds(1))])
    stub.flaws = {"hits": {"hits": [{"_id": "d1", "_source": {}, "sort": ["monday"]}]}}
    with pytest.raises(InputError) as caught:
        run(stub)
    assert caught.value.code == "no_date"


def test_collector_says_that_there_is_no_such_index() -> None:
    with serving(Elastic([])) as server, pytest.raises(InputError) as caught:
        collect(Elasticsearch(), source("elasticsearch", server.url, index="other"))
    assert caught.value.code == "refused"


@pytest.mark.parametrize(
    "keys",
    [
        {"page": 10_001},
        {"page": 0},
        {"index": ""},
        {"index": "a/b"},
        {"index": "x", "settle": -1},
        {"indx": "x"},
    ],
)
def test_collector_refuses_settings_that_do_not_suit(keys: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        collect(Elasticsearch(), source("elasticsearch", "https://x/", **{"index": "logs", **keys}))


def test_question_stays_the_same_when_only_the_way_changes() -> None:
    ask = Elasticsearch().question
    first = ask(source("elasticsearch", "https://x/", index="logs"))
    assert first == ask(source("elasticsearch", "https://x/", index="logs", timeout=5, page=10, retries=1))
    assert first != ask(source("elasticsearch", "https://x/", index="other"))
    assert first != ask(source("elasticsearch", "https://y/", index="logs"))


def test_position_holds_no_record_and_no_id() -> None:
    pages = run(Elastic([document("jean.dupont", milliseconds(1), "secret words")]))
    assert not any(word in page.position for page in pages for word in ("dupont", "secret"))


def test_collector_leaves_what_is_too_young(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "now", lambda: NOON + timedelta(seconds=100))
    stub = Elastic([document(f"d{n}", milliseconds(n * 10)) for n in range(9)])
    pages = run(stub, settle=60)
    assert [one["_id"] for one in brought(pages)] == ["d0", "d1", "d2", "d3"]
    assert codes(pages) == []
    monkeypatch.setattr(windows, "now", lambda: NOON + timedelta(seconds=1000))
    assert same([*pages, *run(stub, pages, settle=60)], stub)
