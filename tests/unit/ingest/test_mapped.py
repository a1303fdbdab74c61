# SPDX-License-Identifier: Apache-2.0
"""Every key of a mapping of JSON does what the contract says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.ingest.mapped_reading import HEAD, json_read, one, read


def test_value_stands_at_a_path(tmp_path: Path) -> None:
    assert one(
        tmp_path,
        "account",
        '{ path = "$.user.id" }',
        '"user":{"id":"x"}',
        '"user":{"id":null}',
        '"user":7',
        '"user":{"id":""}',
        '"u":1',
    ) == ["x", None, None, None, None]
    assert one(tmp_path, "account", """{ path = '$."user id"' }""", '"user id":"x"') == ["x"]
    assert one(tmp_path, "account", '{ path = "$.médecin" }', '"médecin":"é"') == ["é"]
    assert one(tmp_path, "account", '{ path = "$.users[1].id" }', '"users":[{"id":"a"},{"id":"b"}]') == ["b"]
    assert one(tmp_path, "account", '{ path = "$.ID" }', '"id":"low","ID":"high"', '"id":"low"') == [
        "high",
        None,
    ]


def test_value_that_is_no_text_is_written_as_it_stands(tmp_path: Path) -> None:
    given = ['"v":17', '"v":true', '"v":12345678901234567890123', '"v":1.50']
    assert one(tmp_path, "account", '{ path = "$.v" }', *given) == [
        "17", "true", "12345678901234567890123", "1.5"
    ]  # fmt: skip
    assert one(tmp_path, "items", '{ path = "$.v" }', '"v":17', '"v":"18"', '"v":"many"', '"v":-1') == [
        17,
        18,
        None,
        -1,
    ]


@pytest.mark.parametrize("given", ['"12.7"', "12.7", '"1_000"', '"0x10"', '"1e3"', '" "'])
def test_number_that_is_not_whole_is_null_and_not_rounded(tmp_path: Path, given: str) -> None:
    assert one(tmp_path, "items", '{ path = "$.v" }', f'"v":{given}') == [None]


def test_constant_stands_in_every_event(tmp_path: Path) -> None:
    assert one(tmp_path, "node", '{ const = "n1" }', '"a":1', '"a":2') == ["n1", "n1"]
    assert one(tmp_path, "status", "{ const = 200 }", '"a":1') == ["200"]
    assert one(tmp_path, "status", "{ const = true }", '"a":1') == ["true"]
    assert one(tmp_path, "persons", '{ const = "P1" }', '"a":1') == [["P1"]]


def test_default_stands_where_there_is_no_value(tmp_path: Path) -> None:
    given = ['"n":"a"', '"n":""', '"n":null', '"m":1']
    assert one(tmp_path, "node", '{ path = "$.n", default = "none" }', *given) == [
        "a", "none", "none", "none"
    ]  # fmt: skip


def test_map_turns_words_into_ours_and_the_rest_into_the_default(tmp_path: Path) -> None:
    field = '{ path = "$.op", map = { GET = "read", LOGIN = "login" }, default = "admin" }'
    assert one(tmp_path, "action", field, '"op":"GET"', '"op":"LOGIN"', '"op":"get"', '"x":1') == [
        "read", "login", "admin", "admin"
    ]  # fmt: skip
    assert one(tmp_path, "account", '{ path = "$.op", map = { a = "b" } }', '"op":"a"', '"op":"c"') == [
        "b",
        None,
    ]
    assert one(tmp_path, "outcome", '{ path = "$.s", map = { 200 = "success" } }', '"s":200', '"s":500') == [
        "success",
        "unknown",
    ]


def test_words_of_the_vocabularies_are_read_in_any_case_and_others_are_not_guessed(tmp_path: Path) -> None:
    assert one(tmp_path, "action", '{ path = "$.op" }', '"op":"READ"', '"op":"GET"', '"x":1') == [
        "read",
        "other",
        "other",
    ]
    assert one(tmp_path, "outcome", '{ path = "$.op" }', '"op":"Success"', '"op":"ok"', '"x":1') == [
        "success",
        "unknown",
        "unknown",
    ]


def test_prefix_is_stripped_where_it_stands(tmp_path: Path) -> None:
    field = '{ path = "$.p", strip_prefix = "Patient/" }'
    assert one(tmp_path, "person", field, '"p":"Patient/1"', '"p":"2"', '"p":"Patient/"') == ["1", "2", None]
    assert one(
        tmp_path, "person", '{ path = "$.p", strip_prefix = "p", map = { 1 = "one" } }', '"p":"p1"'
    ) == ["one"]


def test_persons_are_a_list_however_they_stand(tmp_path: Path) -> None:
    field = '{ path = "$.p", strip_prefix = "Patient/" }'
    given = [
        '"p":["1","Patient/2"]',
        '"p":[1,2]',
        '"p":"3"',
        '"p":[]',
        '"p":null',
        '"q":1',
        '"p":["4",null,""]',
    ]
    assert one(tmp_path, "persons", field, *given) == [["1", "2"], ["1", "2"], ["3"], None, None, None, ["4"]]
    assert one(
        tmp_path, "persons", '{ path = "$.p[*].id" }', '"p":[{"id":"a"},{"x":1},{"id":"b"}]', '"p":7'
    ) == [["a", "b"], None]


@pytest.mark.parametrize(
    ("kind", "given", "seconds"),
    [
        ("iso8601", '"2024-06-11T10:00:00Z"', 0),
        ("iso8601", '"2024-06-11T12:00:00+02:00"', 0),
        ("iso8601", '"2024-06-11T12:00:00+0200"', 0),
        ("iso8601", '"2024-06-11 10:00:00.123456789Z"', 0.123456),
        ("iso8601", '"2024-06-11 10:00:00,5Z"', 0.5),
        ("iso8601", '"2024-06-11T10:00Z"', 0),
        ("iso8601", '"2024-06-11 10:00:00 UTC"', 0),
        ("iso8601", '"2024-06-11 12:00:00"', 0),
        ("iso8601", '"2024-06-11 12:00:00.25"', 0.25),
        ("epoch_s", "1718100000", 0),
        ("epoch_s", '"1718100000.25"', 0.25),
        ("epoch_ms", "1718100000250", 0.25),
        ("epoch_us", "1718100000000001", 0.000001),
        ("%d/%m/%Y %H:%M:%S", '"11/06/2024 12:00:00"', 0),
        ("%d/%b/%Y:%H:%M:%S %z", '"11/Jun/2024:14:00:00 +0400"', 0),
    ],
)  # fmt: skip
def test_time_is_read(tmp_path: Path, kind: str, given: str, seconds: float) -> None:
    field = f'occurred_at = {{ path = "$.t", time = "{kind}" }}'
    text = f'reader = "json-lines"\nzone = "Europe/Paris"\n[fields]\n{field}\n'
    [row] = read(tmp_path, text, f'{{"t":{given}}}\n')
    assert row["occurred_at"] == datetime(2024, 6, 11, 10, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("iso8601", '"2024-06-11"'),
        ("iso8601", '"2024-02-30T10:00:00Z"'),
        ("iso8601", '"infinity"'),
        ("iso8601", '"2024-06-11T10:00:00+02:00[Europe/Paris]"'),
        ("iso8601", '"10:00"'),
        ("iso8601", "1718100000"),
        ("epoch_s", '"soon"'),
        ("epoch_s", "99999999999999999999"),
        ("epoch_s", "999999999999"),
        ("epoch_us", "-9223372036854775808"),
        ("%d/%m/%Y", '"2024-06-11"'),
    ],
)
def test_time_that_is_none_is_set_aside(tmp_path: Path, kind: str, given: str) -> None:
    text = (
        f'reader = "json-lines"\nzone = "UTC"\n[fields]\noccurred_at = {{ path = "$.t", time = "{kind}" }}\n'
    )
    [row] = read(tmp_path, text, f'{{"t":{given}}}\n')
    assert (row["fate"], row["reason"], row["occurred_at"]) == ("set_aside", "no_time", None)


@pytest.mark.parametrize(("kind", "given"), [("iso8601", "2024-06-11 10:00:00"), ("%Y-%m-%d", "2024-06-11")])
def test_time_without_a_zone_needs_one(tmp_path: Path, kind: str, given: str) -> None:
    text = f'reader = "json-lines"\n[fields]\noccurred_at = {{ path = "$.t", time = "{kind}" }}\n'
    [row] = read(tmp_path, text, f'{{"t":"{given}"}}\n')
    assert (row["fate"], row["reason"]) == ("set_aside", "no_zone")
    [row] = read(tmp_path, text, f'{{"t":"{given}"}}\n', zone="UTC")
    assert row["fate"] == "event"


def test_zone_of_the_source_holds_over_the_mapping_s(tmp_path: Path) -> None:
    text = 'reader = "json-lines"\nzone = "Europe/Paris"\n[fields]\noccurred_at = { path = "$.t" }\n'
    [row] = read(tmp_path, text, '{"t":"2024-06-11T10:00:00"}\n', zone="Asia/Tokyo")
    assert row["occurred_at"] == datetime(2024, 6, 11, 1, tzinfo=UTC)


def test_rest_of_a_record_stays_in_detail(tmp_path: Path) -> None:
    [row] = json_read(
        tmp_path, 'account = { path = "$.user.id" }', '"user":{"id":"x","age":3},"more":[1,{"a":null}]'
    )
    assert json.loads(str(row["detail"])) == {"user": {"age": 3}, "more": [1, {"a": None}]}
    [row] = json_read(tmp_path, 'account = { path = "$.user.id" }', '"user":{"id":"x"}')
    assert row["detail"] is None


def test_path_keeps_neither_query_nor_percent_signs(tmp_path: Path) -> None:
    [row, plain, name] = json_read(
        tmp_path, 'object = { path = "$.o" }', '"o":"/a%20b/%C3%A9?x=%201&y"', '"o":"/a"', '"o":"what? 5%"'
    )
    assert (row["object"], row["query"]) == ("/a b/é", "x=%201&y")
    assert (plain["object"], plain["query"]) == ("/a", None)
    assert (name["object"], name["query"]) == ("what? 5%", None)


def test_query_of_its_own_holds_over_that_of_the_path(tmp_path: Path) -> None:
    fields = 'object = { path = "$.o" }\nquery = { path = "$.q" }'
    rows = json_read(tmp_path, fields, '"o":"/a?x=1","q":"y=2"', '"o":"/a?x=1"')
    assert [row["query"] for row in rows] == ["y=2", "x=1"]


def test_skip_rule_says_which_records_are_no_events(tmp_path: Path) -> None:
    fields = '[skip]\npath = "$.kind"\nin = ["heartbeat", 7, true]'
    rows = json_read(tmp_path, fields, '"kind":"heartbeat"', '"kind":7', '"kind":true', '"kind":"x"', '"a":1')
    assert [row["reason"] for row in rows] == ["skip_rule"] * 3 + ["", ""]
    rows = json_read(tmp_path, '[skip]\npath = "$.kind"', '"kind":"any"', '"a":1')
    assert [row["reason"] for row in rows] == ["skip_rule", ""]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '"text"',
        "null",
        '{"t":1} x',
        "\x00",
        '{"t":"2024-06-11T10:00:00Z","a":"\\ud800"}',
        "{" * 5000,
    ],
)
def test_line_that_is_no_object_is_broken(tmp_path: Path, line: str) -> None:
    text = 'reader = "json-lines"\nzone = "UTC"\n[fields]\noccurred_at = { path = "$.t" }\n'
    [row] = read(tmp_path, text, line + "\n")
    assert (row["fate"], row["reason"]) == ("set_aside", "broken")


@pytest.mark.parametrize("line", ["", " ", "\t", "\t \r"])
def test_line_without_anything_is_blank(tmp_path: Path, line: str) -> None:
    text = 'reader = "json-lines"\nzone = "UTC"\n[fields]\noccurred_at = { path = "$.t" }\n'
    [row] = read(tmp_path, text, line + "\n")
    assert (row["fate"], row["reason"]) == ("non_event", "blank")


def test_elements_of_an_array_are_records(tmp_path: Path) -> None:
    text = HEAD.replace("json-lines", "json-array") + 'account = { path = "$.a" }\n'
    content = '[{"t":"2024-06-11T10:00:00Z","a":"x"},\n {"t":"2024-06-11T10:00:01Z","a":"y"}, 7]'
    rows = read(tmp_path, text, content)
    assert [(row["account"], row["reason"], row["line_number"]) for row in rows] == [
        ("x", "", 1),
        ("y", "", 2),
        (None, "broken", 2),
    ]
