# SPDX-License-Identifier: Apache-2.0
"""Lines that readers disagree on: the product and the recount give each the same fate and columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.ingest.mapped_reading import read
from tocsin.recount.mapping import cut_records, is_skipped, read_columns, read_mapping

MAPPING = """reader = "json-lines"
[fields]
occurred_at = { path = "$.at" }
account = { path = "$.user.id" }
address = { path = "$.address" }
action = { path = "$.action" }
items = { path = "$.items" }
persons = { path = "$.shown[*].id" }
[skip]
path = "$.kind"
in = ["heartbeat"]
"""
AT = '"at":"2024-03-01T09:10:00Z"'


def at(text: str) -> str:
    return json.dumps({"at": text})


def fates(folder: Path, line: bytes) -> tuple[str, str, dict[str, object]]:
    """By the product and by the recount, and what the product read."""
    (row,) = read(folder, MAPPING, line + b"\n")
    mapping = read_mapping(folder / "mapping.toml")
    (record,) = cut_records(line + b"\n", mapping)
    columns, problem = read_columns(record, mapping, None)
    skipped = "skip_rule" if record.problem is None and is_skipped(record, mapping) else None
    again = record.non_event or record.problem or skipped or problem or "event"
    if again == row["reason"] == "":
        again = "event"
    if again == "event":
        for name in ("occurred_at", "account", "address", "items"):
            assert columns[name] == row[name], name
        assert list(columns["persons"] or ()) == (row["persons"] or [])  # type: ignore[call-overload]
    return str(row["reason"] or row["fate"]), again, row


@pytest.mark.parametrize(
    ("line", "fate"),
    [
        (at("20240301T091000Z"), "event"),
        (at("20240301T0910Z"), "event"),
        (at("20240301T091000.5+01:00"), "event"),
        (at("2024-03-01T24:00:00Z"), "event"),
        (at("2024-03-01T24:00:01Z"), "no_time"),
        (at("2024-03-01"), "no_time"),
        (at("20240301"), "no_time"),
        (at("2024-W09-5T09:10:00Z"), "no_time"),
        (at(" 2024-03-01T09:10:00Z "), "no_time"),
        (at("20240301T091000"), "no_zone"),
        (f'{{{AT},"items":NaN}}', "event"),
        (f'{{{AT},"other":-Infinity}}', "event"),
        (f'{{{AT},"items":9223372036854775807}}', "event"),
        (f'{{{AT},"items":9223372036854775808}}', "event"),
        (f'{{{AT},"action":"READ"}}', "event"),
        (f'{{{AT},"address":"[::1]:80"}}', "event"),
        (f'{{{AT},"address":"192.0.2.1:80"}}', "event"),
        (" \t\v\f\r", "blank"),
        ("\u00a0", "broken"),
        ("\u2028", "broken"),
    ],
)
def test_line_has_one_fate(tmp_path: Path, line: str, fate: str) -> None:
    assert fates(tmp_path, line.encode())[:2] == (fate, fate)


def test_line_that_is_no_utf8_is_an_event_of_what_it_says(tmp_path: Path) -> None:
    line = f'{{{AT},"user":{{"id":"th\xe9f"}}}}'.encode("latin-1")
    product, again, row = fates(tmp_path, line)
    assert (product, again, row["account"]) == ("event", "event", "th\\xe9f")


@pytest.mark.parametrize(
    "members",
    [
        '"user":{"id":"nurse"},"user":{"id":"thief"}',
        '"user":{"id":"nurse","id":"thief"}',
        '"user":{"id":"nurse","\\u0069d":"thief"}',
        '"user":{"id":"nurse"},"other":1,"other":2',
        '"shown":[{"id":"P1"},{"id":"P2","id":"P3"}]',
        '"kind":"heartbeat","kind":"read"',
        '"kind":"heartbeat","user":{"id":"nurse","id":"thief"}',
    ],
)
def test_record_with_a_key_twice_where_it_is_read_is_set_aside(tmp_path: Path, members: str) -> None:
    """Which of the two holds, readers differ on: whoever writes into a log could pass for another."""
    product, again, row = fates(tmp_path, f"{{{AT},{members}}}".encode())
    assert product == again == "key_twice"
    assert row["account"] is row["occurred_at"] is row["persons"] is None


def test_key_twice_where_nothing_is_read_changes_nothing(tmp_path: Path) -> None:
    line = f'{{{AT},"user":{{"id":"nurse"}},"more":{{"a":1,"a":2}}}}'
    assert fates(tmp_path, line.encode())[:2] == ("event", "event")


def test_record_cut_behind_a_key_that_stood_twice_says_nothing(tmp_path: Path) -> None:
    line = f'{{{AT},"user":{{"id":"nurse"}},"user":{{"id":"thief"}},"act'
    product, again, row = fates(tmp_path, line.encode())
    assert (product, again, row["account"]) == ("broken", "broken", None)


def test_key_twice_is_found_among_records_spelt_alike(tmp_path: Path) -> None:
    usual = [f'{{{AT},"user":{{"id":"u{n}"}},"n":{n}}}' for n in range(2000)]
    odd = f'{{{AT},"user":{{"id":"nurse"}},"user":{{"id":"thief"}},"n":1}}'
    rows = read(tmp_path, MAPPING, "\n".join([*usual, odd]) + "\n")
    assert [row["reason"] for row in rows if row["fate"] != "event"] == ["key_twice"]
