# SPDX-License-Identifier: Apache-2.0
"""JSON values are cut out of whatever holds them, and a break costs no good record before it."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.unit.ingest.cutting import cut, marks, texts
from tocsin.ingest.interface import Sample
from tocsin.ingest.read.json_values import RESTARTS, JsonCutter, bundle_has_next
from tocsin.ingest.read.lines import MAX_RECORD

BUNDLE = b"""{"resourceType": "Bundle", "total": 4, "entry": [
  {"fullUrl": "urn:1", "resource": {"resourceType": "AuditEvent", "id": "1"}},
  {"fullUrl": "urn:2", "search": {"mode": "match"}, "resource": {"id": "2", "entity": [{"resource": {}}]}},
  {"request": {"method": "DELETE", "url": "AuditEvent/3"}}
], "link": [{"relation": "next", "url": "https://fhir.example/?page=2"}]}"""


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"[]", b"[ ]", b'{"Records": []}'])
def test_nothing_is_cut_when_there_is_no_value(content: bytes) -> None:
    assert cut(JsonCutter(), content) == []


def test_bare_values_are_records_whether_one_a_line_or_pretty_or_touching() -> None:
    content = b'{"a":1}\n{\n  "b": [1, {}]\n}{"c":"}{"}\r\n'
    assert cut(JsonCutter(), content) == [
        ('{"a":1}', 0, 1, None),
        ('{\n  "b": [1, {}]\n}', 8, 2, None),
        ('{"c":"}{"}', 26, 4, None),
    ]


def test_offset_counts_the_byte_order_mark() -> None:
    assert cut(JsonCutter(), b'\xef\xbb\xbf{"a":1}') == [('{"a":1}', 3, 1, None)]


def test_array_gives_its_elements_scalars_too() -> None:
    content = b'[{"a":1},\n {"b":[{},"],{"]} , 3, "x,]", null, -1.5e3]'
    assert texts(JsonCutter(), content) == [
        '{"a":1}',
        '{"b":[{},"],{"]}',
        "3",
        '"x,]"',
        "null",
        "-1.5e3",
    ]


def test_records_list_of_an_object_is_an_envelope() -> None:
    content = b'{"meta":{"Records":[0]},"Records":[{"a":1},{"b":2}],"n":"]"}\n{"c":{"Records":[1]}}'
    assert texts(JsonCutter(), content) == ['{"a":1}', '{"b":2}', '{"c":{"Records":[1]}}']


def test_bundle_gives_the_resource_of_each_entry() -> None:
    assert marks(JsonCutter(), BUNDLE) == [
        ('{"resourceType": "AuditEvent", "id": "1"}', None),
        ('{"id": "2", "entity": [{"resource": {}}]}', None),
        ('{"request": {"method": "DELETE", "url": "AuditEvent/3"}}', "not_audit_resource"),
    ]


def test_resource_is_found_at_its_own_offset_and_line() -> None:
    found = list(cut(JsonCutter(), BUNDLE))
    assert found
    for text, offset, line, mark in found:
        assert mark == "not_audit_resource" or BUNDLE[offset:].startswith(text.encode())
        assert line == BUNDLE[:offset].count(b"\n") + 1


def test_bundle_is_known_when_its_type_comes_last() -> None:
    content = b'{"entry": [{"search": {}}, {"resource": {"id": "1"}}], "resourceType": "Bundle"}'
    assert marks(JsonCutter(), content) == [('{"search": {}}', "not_audit_resource"), ('{"id": "1"}', None)]


def test_resource_with_a_list_of_entries_is_no_bundle() -> None:
    content = b'{"resourceType": "List", "entry": [{"item": {"reference": "Patient/1"}}]}'
    assert texts(JsonCutter(), content) == [content.decode()]


def test_entry_whose_resource_is_hidden_or_twice_there_is_broken() -> None:
    content = b'{"resourceType":"Bundle","entry":[{"re\\u0073ource":{}},{"resource":{},"resource":{}}]}'
    assert [mark for _, mark in marks(JsonCutter(), content)] == ["broken", "broken"]


def test_bundles_may_follow_one_another() -> None:
    content = BUNDLE + b"\n" + BUNDLE
    assert len(cut(JsonCutter(), content)) == 6


@pytest.mark.parametrize(
    ("content", "good", "broken"),
    [
        (b'[{"a":1},{"b":', ['{"a":1}'], '{"b":'),
        (b'[{"a":1},{"b":2}', ['{"a":1}', '{"b":2}'], ""),
        (b'[{"a":1} {"b":2}]', ['{"a":1}'], '{"b":2}]'),
        (b'[{"a":1},, {"b":2}]', ['{"a":1}'], ', {"b":2}]'),
        (b'[{"a":1}, oops, {"b":2}]', ['{"a":1}'], 'oops, {"b":2}]'),
        (b'[{"a":1}}, {"b":2}]', ['{"a":1}'], '}, {"b":2}]'),
        (b'{"Records":[{"a":1}, {"b":"', ['{"a":1}'], '{"b":"'),
        (b'{"resourceType":"Bundle","entry":[{"resource":{"a":1}}', ['{"a":1}'], ""),
        (b'{"resourceType":"Bundle","entry":[{"resource":{"a":1}}],"x":"', ['{"a":1}'], ""),
    ],
)
def test_broken_envelope_yields_its_good_records_and_one_broken(
    content: bytes, good: list[str], broken: str
) -> None:
    assert marks(JsonCutter(), content) == [*((text, None) for text in good), (broken, "broken")]


def test_bare_value_that_never_closes_costs_only_itself() -> None:
    content = b'{"a": {"b": 1\n{"c": 2}\n{"d": "cut here\n{"e": 3}\n}\n{"f": 4}\n'
    assert marks(JsonCutter(), content) == [
        ('{"a": {"b": 1', "broken"),
        ('{"c": 2}', None),
        ('{"d": "cut here', "broken"),
        ('{"e": 3}', None),
        ("}", "broken"),
        ('{"f": 4}', None),
    ]


def test_reading_does_not_start_anew_for_ever() -> None:
    found = marks(JsonCutter(piece=1 << 10), b'{"a":\n' * (RESTARTS * 2))
    assert len(found) == RESTARTS + 1
    assert {mark for _, mark in found} == {"broken"}


def test_noise_between_values_is_a_record_a_line() -> None:
    content = b'starting "now\n{"a":1}\n12\n\n"q", {"b":2} done\x00\n'
    assert texts(JsonCutter(), content) == ['starting "now', '{"a":1}', "12", '"q"', '{"b":2}', "done\x00"]


def test_commas_and_record_separators_between_values_are_no_noise() -> None:
    assert texts(JsonCutter(), b'\x1e{"a":1},\n\x1e{"b":2},\n') == ['{"a":1}', '{"b":2}']


def test_bytes_that_are_not_utf8_are_written_out_and_marked() -> None:
    content = '{"a":"é"}'.encode() + b'{"b":"\xe9\xff"}'
    assert marks(JsonCutter(), content) == [('{"a":"é"}', None), ('{"b":"\\xe9\\xff"}', "bad_encoding")]


def test_nesting_that_no_log_has_is_broken() -> None:
    deep = b"[" * 2_000 + b"]" * 2_000
    [(text, mark)] = marks(JsonCutter(), deep)
    assert mark == "broken"
    assert len(text) <= 4_096
    assert [mark for _, mark in marks(JsonCutter(), b'{"a":1}\n{"b":' + deep + b'}\n{"c":2}')] == [
        None,
        "broken",
        None,
    ]


@pytest.mark.parametrize(
    "frame", [b"%s", b"[%s]", b'{"Records":[%s]}', b'{"resourceType":"Bundle","entry":[%s]}']
)
def test_value_longer_than_any_record_is_marked_and_passed_over(frame: bytes) -> None:
    long = b'{"resource":{"a":"' + b"x" * MAX_RECORD + b'"}}'
    content = frame % (b'{"resource":{"b":1}},' + long + b',{"resource":{"c":2}}')
    found = cut(JsonCutter(), (content[at : at + (1 << 20)] for at in range(0, len(content), 1 << 20)))
    assert [mark for _, _, _, mark in found] == [None, "too_long", None]
    assert len(found[1][0]) == 4_096


def test_memory_does_not_grow_with_the_stream() -> None:
    entry = b'{"resource":{"resourceType":"AuditEvent","id":"%d"}},'

    def blocks() -> Iterator[bytes]:
        yield b'{"resourceType":"Bundle","entry":['
        for number in range(60):
            yield entry % number * 20_000
        yield b'{"request":{}}]}'

    tracemalloc.start()
    try:
        count = sum(batch.num_rows for batch in JsonCutter().cut(blocks()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 60 * 20_000 + 1
    assert peak < 48 << 20


def test_grown_file_is_continued_behind_its_last_whole_value() -> None:
    cutter = JsonCutter()
    cut(cutter, b'{"a":1}\n{"b":2}\n{"c":')
    assert (cutter.continues, cutter.complete_bytes, cutter.complete_lines) == (True, 16, 2)
    batches = list(JsonCutter().cut(iter([b'{"c":3}\n']), 16, 2))
    assert [row["byte_offset"] for batch in batches for row in batch.to_pylist()] == [16]
    assert [row["line_number"] for batch in batches for row in batch.to_pylist()] == [3]


def test_file_that_ends_inside_an_envelope_is_read_anew() -> None:
    cutter = JsonCutter()
    cut(cutter, b'[{"a":1},')
    assert not cutter.continues


def test_next_page_is_seen_in_a_bundle_only() -> None:
    assert bundle_has_next(Sample("a.json", BUNDLE, whole=True))
    assert not bundle_has_next(Sample("a.json", BUNDLE.replace(b'"next"', b'"self"'), whole=True))
    assert not bundle_has_next(Sample("a.json", b'{"relation":"next"}', whole=True))


def test_deep_value_costs_no_recursion_when_an_entry_is_looked_into() -> None:
    entry = b'{"a\\u0061":' + b"[" * 900 + b"]" * 900 + b"}"
    content = b'{"resourceType":"Bundle","entry":[' + entry + b"]}"
    [(text, mark)] = marks(JsonCutter(), content)
    assert mark == "not_audit_resource"
    assert json.loads(text)
