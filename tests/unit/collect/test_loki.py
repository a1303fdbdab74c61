# SPDX-License-Identifier: Apache-2.0
"""Loki's query_range against a stub from its documentation: lines of one nanosecond at a page's edge."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.collect.answering import Asked, Said, said, serving
from tests.unit.collect.collecting import brought, codes, collect, milliseconds, source
from tocsin.collect.collectors.loki import Loki
from tocsin.collect.interface import Page
from tocsin.core.errors import InputError, MachineError, SettingsError
from tocsin.ingest.interface import Sample
from tocsin.ingest.recognise import choose_format

Line = tuple[int, str, str]
"""(nanosecond after noon, stream, text)"""

NOON_NS = milliseconds(0) * 1_000_000


class Store:
    """The stub."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.more: dict[str, object] = {}
        self.kind = "streams"

    def __call__(self, asked: Asked) -> Said:
        assert (asked.method, asked.path) == ("GET", "/loki/api/v1/query_range")
        assert asked.param("direction") == "forward"
        since, until, limit = (int(asked.param(key)) for key in ("start", "end", "limit"))
        found = sorted(line for line in self.lines if since <= NOON_NS + line[0] < until)[:limit]
        result = [
            {
                "stream": {"app": stream},
                "values": [[str(NOON_NS + at), text] for at, other, text in found if other == stream],
            }
            for stream in sorted({stream for _, stream, _ in found})
        ]
        data = {"resultType": self.kind, "result": result, "stats": {}}
        return said({"status": "success", "data": data, **self.more})


def run(stub: Store, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:
        return collect(
            Loki(), source("loki", server.url, **{"query": '{app=~".+"}', "page": 4, **keys}), stands
        )


def same(pages: list[Page], stub: Store) -> bool:
    found = [(one["labels"]["app"], one["line"]) for one in brought(pages)]  # type: ignore[index]
    return sorted(found) == sorted((stream, text) for _, stream, text in stub.lines)


def test_collector_brings_lines_of_one_nanosecond_once_at_the_edge_of_a_page() -> None:
    stub = Store([(n // 3, f"s{n % 2}", f"line {n}") for n in range(13)])
    pages = run(stub)
    assert same(pages, stub)
    assert max(page.count for page in pages) <= 4


def test_collector_goes_on_behind_any_page() -> None:
    stub = Store([(n // 3, "s", f"line {n}") for n in range(13)])
    whole = run(stub)
    for stop in range(1, len(whole)):
        assert same([*whole[:stop], *run(stub, whole[:stop])], stub)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab")), max_size=14), st.integers(1, 5))
def test_collector_loses_nothing_whatever_the_times(found: list[tuple[int, str]], stop: int) -> None:
    stub = Store([(at, stream, f"line {n}") for n, (at, stream) in enumerate(found)])
    most = max([sum(at == other for at, _ in found) for other in range(6)], default=0)
    whole = run(stub, page=most + 1)
    assert same(whole, stub)
    assert same([*whole[:stop], *run(stub, whole[:stop], page=most + 1)], stub)


def test_collector_says_that_too_many_lines_carry_one_nanosecond() -> None:
    with pytest.raises(InputError) as caught:
        run(Store([(7, "s", f"line {n}") for n in range(9)]))
    assert caught.value.code == "same_instant"


def test_collector_writes_lines_as_logcli_does() -> None:
    [line] = run(Store([(5, "s", 'é "x"\n')]))[0].records.splitlines()
    assert json.loads(line) == {
        "labels": {"app": "s"},
        "line": 'é "x"\n',
        "timestamp": "2020-07-21T12:00:00.000000005Z",
    }


def test_collected_lines_are_read_by_their_own_format() -> None:
    text = '10.0.0.1 - jd [21/Jul/2020:09:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "curl"'
    records = run(Store([(n, "s", text) for n in range(3)]))[0].records
    assert choose_format(Sample("x", records, whole=True), None).name == "web-access in loki:line"


def test_collector_keeps_structured_metadata() -> None:
    def answers(_: Asked) -> Said:
        values = [[str(NOON_NS), "text", {"trace": "abc"}]]
        result = [{"stream": {"app": "s"}, "values": values}]
        return said({"status": "success", "data": {"resultType": "streams", "result": result}})

    with serving(answers) as server:
        pages = collect(Loki(), source("loki", server.url, query="{}"))
    assert brought(pages)[0]["structuredMetadata"] == {"trace": "abc"}


def test_collector_says_that_the_place_warns() -> None:
    stub = Store([(1, "s", "a")])
    stub.more = {"warnings": ["partial: DUPONT"]}
    pages = run(stub)
    assert set(codes(pages)) == {"warnings"}


def test_collector_refuses_a_query_that_counts() -> None:
    stub = Store([])
    stub.kind = "matrix"
    with pytest.raises(InputError) as caught:
        run(stub)
    assert caught.value.code == "no_lines"
    with pytest.raises(SettingsError, match=r"\{app="):
        run(stub, query="sum(rate({a='b'}[1m]))")


def test_collector_takes_no_answer_that_is_no_json() -> None:
    with serving(lambda _: Said(b"too many outstanding requests")) as server, pytest.raises(MachineError):
        collect(Loki(), source("loki", server.url, query="{}"))


def test_collector_names_its_tenant() -> None:
    with serving(Store([])) as server:
        collect(Loki(), source("loki", server.url, query="{}", tenant="hospital"))
        assert server.asked[0].headers["x-scope-orgid"] == "hospital"
