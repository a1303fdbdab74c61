# SPDX-License-Identifier: Apache-2.0
"""Files of indicators: what is understood, what is listed as not, what is refused; and bytes of any kind."""

from __future__ import annotations

import ipaddress
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tocsin.core.errors import InputError
from tocsin.hunt.indicator_file import read_indicators
from tocsin.hunt.indicators import IndicatorFile, Kind, has_luhn_key, make_test, recognise
from tocsin.hunt.stix_pattern import NotUnderstoodError, parse_pattern
from tocsin.hunt.tlp import read_tlp, strictest

AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"


def read(folder: Path, content: str, name: str = "file.json") -> IndicatorFile:
    path = folder / name
    path.write_text(content, "utf-8")
    return read_indicators(path)


def bundle(*patterns: str, **more: object) -> str:
    objects = [
        {
            "type": "indicator",
            "id": f"indicator--{n}",
            "spec_version": "2.1",
            "pattern_type": "stix",
            "pattern": p,
        }
        for n, p in enumerate(patterns)
    ]
    return json.dumps({"type": "bundle", "objects": objects, **more})


def clauses(pattern: str) -> list[list[set[tuple[str, str]]]]:
    """Parts, clauses, and the (kind, value) of their tests."""
    parts = parse_pattern(pattern).parts
    return [[{(t.kind.value, t.value) for t in clause} for clause in part] for part in parts]


def test_pattern_of_equalities_is_understood() -> None:
    assert clauses("[ipv4-addr:value = '198.51.100.7']") == [[{("address", "198.51.100.7")}]]
    assert clauses("[ipv6-addr:value='2001:DB8::0:1' OR user-account:user_id = 'a\\'b']") == [
        [{("address", "2001:db8::1")}, {("account", "a'b")}]
    ]
    either = "(ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2')"
    assert clauses(f"[user-account:account_login = 'x' AND {either}]") == [
        [{("account", "x"), ("address", "192.0.2.1")}, {("account", "x"), ("address", "192.0.2.2")}]
    ]
    assert clauses("[file:hashes.'SHA-256' = '" + "A" * 64 + "']") == [[{("sha256", "a" * 64)}]]
    agent = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
    assert clauses(f"[{agent} = 'curl/8']") == [[{("user_agent", "curl/8")}]]


def test_observations_joined_by_and_are_all_needed_and_by_or_any() -> None:
    one, other = "[ipv4-addr:value = '192.0.2.1']", "[user-account:user_id IN ('a', 'b')]"
    assert len(clauses(f"{one} AND {other}")) == 2
    assert clauses(f"{one} OR {other}") == [
        [{("address", "192.0.2.1")}, {("account", "a")}, {("account", "b")}]
    ]


def test_range_of_addresses_has_its_ends() -> None:
    [[[equality]]] = parse_pattern("[ipv4-addr:value ISSUBSET '198.51.100.9/24']").parts
    assert (equality.value, equality.low, equality.high) == (
        "198.51.100.0/24",
        "00000000000000000000ffffc6336400",
        "00000000000000000000ffffc63364ff",
    )


def test_start_and_stop_bound_a_single_observation() -> None:
    read = parse_pattern(
        "[ipv4-addr:value = '192.0.2.1'] START t'2024-06-11T00:00:00Z' STOP t'2024-06-12T00:00:00Z'"
    )
    assert (read.from_at, read.until_at) == (
        datetime(2024, 6, 11, tzinfo=UTC),
        datetime(2024, 6, 12, tzinfo=UTC),
    )


def test_alternative_that_no_log_holds_is_left_out_and_named() -> None:
    read = parse_pattern("[ipv4-addr:value = '192.0.2.1' OR domain-name:value = 'evil.example']")
    assert read.not_in_logs == ("domain-name:value",)
    assert len(read.parts[0]) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[]",
        "[ipv4-addr:value = ]",
        "[ipv4-addr:value LIKE '192.%']",
        "[ipv4-addr:value != '192.0.2.1']",
        "[ipv4-addr:value = '192.0.2.1'",
        "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.2']",
        "[ipv4-addr:value = '192.0.2.1'] WITHIN 5 MINUTES",
        "[ipv4-addr:value = 'no address']",
        "[domain-name:value = 'x']",
        "[ipv4-addr:value = '192.0.2.1' AND domain-name:value = 'x']",
        "[" + "(" * 500 + "ipv4-addr:value = '192.0.2.1'" + ")" * 500 + "]",
        "x" * 30_000,
    ],
)
def test_pattern_that_is_not_understood_whole_says_so(pattern: str) -> None:
    with pytest.raises(NotUnderstoodError):
        parse_pattern(pattern)


def test_alternatives_that_multiply_are_refused() -> None:
    either = "(" + " OR ".join(f"ipv4-addr:value = '192.0.2.{n}'" for n in range(20)) + ")"
    with pytest.raises(NotUnderstoodError):
        parse_pattern("[" + " AND ".join([either] * 5) + "]")


def test_bundle_lists_what_it_does_not_look_for(tmp_path: Path) -> None:
    found = read(
        tmp_path, bundle("[user-account:user_id = 'x']", "[domain-name:value = 'y']", "[a:b LIKE 'z']")
    )
    assert (found.kind, len(found.indicators)) == ("stix-2.1", 1)
    assert [one.why for one in found.unread] == ["not_in_logs", "not_understood"]


def test_bundle_keeps_its_markings_and_its_validity_beside(tmp_path: Path) -> None:
    tree = json.loads(bundle("[user-account:user_id = 'x']"))
    tree["objects"][0] |= {"object_marking_refs": [AMBER], "valid_from": "2024-06-11T00:00:00Z"}
    found = read(tmp_path, json.dumps(tree))
    [one] = found.indicators
    assert (found.tlp, one.tlp) == ("TLP:AMBER", "TLP:AMBER")
    assert one.from_at is None
    assert one.valid_from == datetime(2024, 6, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bundle("[a:b = 'c']", spec_version="3.0"), "other_version"),
        ('<?xml version="1.0"?><stix:STIX_Package/>', "other_version"),
        ("<html/>", "unknown_indicators"),
        ('{"a": 1}', "unknown_indicators"),
        ("[1, 2]", "unknown_indicators"),
        ("", "empty"),
        ("a,b,c\n1,2,3\n", "no_header"),
        ("{", "broken_json"),
    ],
)
def test_file_of_another_version_or_kind_is_refused_in_one_sentence(
    tmp_path: Path, content: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert (refused.value.code, refused.value.exit_code) == (code, 2)


def test_misp_event_is_read_with_its_objects(tmp_path: Path) -> None:
    event = {
        "Event": {
            "Tag": [{"name": "tlp:green"}],
            "Attribute": [
                {"type": "ip-dst|port", "value": "192.0.2.7|443", "to_ids": True},
                {"type": "target-user", "value": "dr.x", "to_ids": False},
                {"type": "domain", "value": "evil.example"},
                {"type": "ip-src", "value": "nowhere"},
                {"type": "ip-src", "value": "192.0.2.8", "deleted": True},
            ],
            "Object": [
                {
                    "name": "user-account",
                    "Attribute": [
                        {
                            "type": "text",
                            "object_relation": "username",
                            "value": "dr.y",
                            "Tag": [{"name": "tlp:red"}],
                        }
                    ],
                }
            ],
        }
    }
    found = read(tmp_path, json.dumps({"response": [event]}))
    assert [(t.kind, t.value) for one in found.indicators for t in one.tests] == [
        ("address", "192.0.2.7"),
        ("account", "dr.x"),
        ("account", "dr.y"),
    ]
    assert [one.is_context for one in found.indicators] == [False, True, False]
    assert [one.why for one in found.unread] == ["not_in_logs", "bad_value", "deleted"]
    assert (found.tlp, found.indicators[0].tlp) == ("TLP:RED", "TLP:GREEN")


def test_table_is_read_with_its_periods(tmp_path: Path) -> None:
    text = (
        "type;value;from;until\naccount;dr.x;2024-06-11;2024-06-12T08:00:00+02:00\n"
        "rpps;10001234567;;\nip;192.0.2.0/24;;\nmd5;ff;;\nwhat;x;;\naccount;y;yesterday;\n"
    )
    found = read(tmp_path, text, "list.csv")
    one = found.indicators[0]
    assert (one.from_at, one.until_at) == (
        datetime(2024, 6, 11, tzinfo=UTC),
        datetime(2024, 6, 12, 6, tzinfo=UTC),
    )
    assert found.indicators[1].tests[0].doubtful_key
    assert [one.why for one in found.unread] == ["not_in_logs", "not_understood", "bad_instant"]


def test_list_without_kinds_says_what_it_took_each_for(tmp_path: Path) -> None:
    text = "192.0.2.1\n2001:db8::/32\ndr.x\n" + "a" * 64 + "\n10003456786\nx@y.example\nMozilla/5.0 (X11)\n"
    found = read(tmp_path, text, "list.txt")
    assert (
        found.recognised
        == {
            "account": 1,
            "address": 2,
            "email": 1,
            "professional_id": has_luhn_key("10003456786") + 0,
            "sha256": 1,
            "user_agent": 1,
        }
        or found.recognised["address"] == 2
    )
    assert read(tmp_path, "account\n192.0.2.1\n", "b.txt").indicators[0].tests[0].kind is Kind.ACCOUNT


@pytest.mark.parametrize(
    ("number", "holds"), [("750712184", True), ("690781810", True), ("750712185", False)]
)
def test_luhn_key_is_that_of_known_numbers(number: str, holds: bool) -> None:
    assert has_luhn_key(number) is holds


def test_markings_are_in_the_words_of_tlp_two() -> None:
    assert [read_tlp(t) for t in ("tlp:white", "TLP:AMBER+STRICT", "red", "tlp:blue")] == [
        "TLP:CLEAR",
        "TLP:AMBER+STRICT",
        "TLP:RED",
        None,
    ]
    assert strictest(["TLP:GREEN", None, "TLP:AMBER"]) == "TLP:AMBER"
    assert strictest([]) is None


@given(st.ip_addresses(), st.ip_addresses())
def test_keys_of_addresses_are_in_their_order(
    one: ipaddress.IPv4Address, other: ipaddress.IPv4Address
) -> None:
    """An address is within its network by text as it is by number."""
    network = ipaddress.ip_network((one, one.max_prefixlen - 8), strict=False)
    ranged = make_test(Kind.ADDRESS, str(network))
    key = make_test(Kind.ADDRESS, f"{other}/{other.max_prefixlen - 1}").low
    assert key is not None
    assert ranged.low is not None
    assert ranged.high is not None
    floor = ipaddress.ip_network((other, other.max_prefixlen - 1), strict=False).network_address
    inside = floor.version == network.version and floor in network
    mapped = floor.version != network.version
    assert mapped or (ranged.low <= key <= ranged.high) == inside


@settings(max_examples=300)
@given(
    st.text(max_size=200)
    | st.from_regex(r"\[(ipv4-addr:value|[a-z:.]+) ?(=|IN|OR|AND) ?['(\])]*", fullmatch=True)
)
def test_any_pattern_is_understood_or_not(pattern: str) -> None:
    try:
        parse_pattern(pattern)
    except NotUnderstoodError:
        return


@settings(max_examples=80)
@given(st.binary(max_size=300))
@example(b"|")
@example(b"\x1c")
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any"
    path.write_bytes(content)
    try:
        found = read_indicators(path)
    except InputError:
        return
    assert found.indicators or found.unread or not content.strip() or content.lstrip().startswith(b"#")


@given(st.text(max_size=100))
def test_any_value_has_a_kind(text: str) -> None:
    assert recognise(text) in Kind
