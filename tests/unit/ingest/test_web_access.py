# SPDX-License-Identifier: Apache-2.0
"""Web access logs: what nginx and Apache write, what attackers make them write, and lines that were cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.reading_logs import Row, rows_read
from tests.unit.ingest.scenes import web_line
from tocsin.ingest.formats.web_access import WebAccess
from tocsin.ingest.interface import Sample

TIME = "[11/Jun/2024:10:00:00 +0200]"
AT = datetime(2024, 6, 11, 8, tzinfo=UTC)


def read(line: str) -> Row:
    [row] = rows_read(WebAccess(), line + "\n")
    return row


def line(
    request: str = "GET / HTTP/1.1",
    *,
    head: str = "192.0.2.1 - -",
    time: str = TIME,
    tail: str = '200 12 "-" "curl/8"',
) -> str:
    return f'{head} {time} "{request}" {tail}'


def detail(row: Row) -> dict[str, object]:
    found = json.loads(str(row["detail"]))
    return {key: value for key, value in found.items() if value is not None}


def test_combined_line_is_an_event() -> None:
    row = read(
        line("POST /a%20b?x=1 HTTP/2.0", head="192.0.2.1 - bob", tail='302 12 "https://x/" "Mozilla/5.0 (X)"')
    )
    assert (row["fate"], row["occurred_at"], row["address"], row["account"]) == (
        "event",
        AT,
        "192.0.2.1",
        "bob",
    )
    assert (row["action"], row["object"], row["query"]) == ("create", "/a b", "x=1")
    assert (row["status"], row["outcome"], row["bytes"], row["user_agent"]) == (
        "302",
        "success",
        12,
        "Mozilla/5.0 (X)",
    )
    assert detail(row) == {"method": "POST", "referer": "https://x/"}


def test_common_line_is_an_event() -> None:
    row = read(line(tail="404 -"))
    assert (row["fate"], row["status"], row["outcome"], row["bytes"], row["user_agent"]) == (
        "event",
        "404",
        "failure",
        None,
        None,
    )
    assert row["flags"] is None


@pytest.mark.parametrize(
    ("head", "address", "account", "kept"),
    [
        ("192.0.2.1 - -", "192.0.2.1", None, {}),
        ("192.0.2.1 - bob", "192.0.2.1", "bob", {}),
        ("192.0.2.1 ident bob", "192.0.2.1", "bob", {"ident": "ident"}),
        ("192.0.2.1 - Jean Dupont", "192.0.2.1", "Jean Dupont", {}),
        ("192.0.2.1 - a[b]c", "192.0.2.1", "a[b]c", {}),
        ("192.0.2.1 - [admin]", "192.0.2.1", "[admin]", {}),
        (r"192.0.2.1 - a\"b", "192.0.2.1", 'a"b', {}),
        (r"192.0.2.1 - a\x22b", "192.0.2.1", 'a"b', {}),
        (r"192.0.2.1 - ren\xC3\xA9", "192.0.2.1", "rené", {}),
        (r"192.0.2.1 - DOM\\bob", "192.0.2.1", "DOM\\bob", {}),
        (r"192.0.2.1 - a\xFFb", "192.0.2.1", r"a\xFFb", {}),
        ("192.0.2.1 - é", "192.0.2.1", "é", {}),
        ("2001:DB8::0:1 - -", "2001:db8::1", None, {}),
        ("::ffff:192.0.2.1 - -", "192.0.2.1", None, {}),
        ("client.example.org - -", "client.example.org", None, {}),
        ("www.example.org 192.0.2.1 - bob", "192.0.2.1", "bob", {"vhost": "www.example.org"}),
        ("www.example.org:443 2001:db8::1 - -", "2001:db8::1", None, {"vhost": "www.example.org:443"}),
        ("www.example.org 192.0.2.1 - Jean Dupont", "192.0.2.1", "Jean Dupont", {"vhost": "www.example.org"}),
    ],
)
def test_address_and_account_stand_before_the_time(
    head: str, address: str, account: str | None, kept: dict[str, str]
) -> None:
    row = read(line(head=head))
    assert (row["fate"], row["address"], row["account"]) == ("event", address, account)
    assert detail(row) == {"method": "GET", **kept}


def test_zone_and_port_of_an_address_have_their_own_columns() -> None:
    row = read(line(head="fe80::1%eth0 - -"))
    assert (row["address"], row["network"]) == ("fe80::1", "eth0")
    row = read(line(head="[2001:db8::1]:443 - -"))
    assert (row["address"], row["port"]) == ("2001:db8::1", 443)
    row = read(line(head="192.0.2.1:8080 - -"))
    assert (row["address"], row["port"]) == ("192.0.2.1", 8080)


@pytest.mark.parametrize(
    ("request_line", "action", "target", "query"),
    [
        ("GET / HTTP/1.1", "read", "/", None),
        ("GET /a?b=c?d HTTP/1.1", "read", "/a", "b=c?d"),
        ("GET /a? HTTP/1.1", "read", "/a", None),
        ("GET ?x=1 HTTP/1.1", "read", None, "x=1"),
        ("HEAD /a HTTP/1.1", "read", "/a", None),
        ("PUT /a HTTP/1.1", "update", "/a", None),
        ("PATCH /a HTTP/1.1", "update", "/a", None),
        ("DELETE /a HTTP/1.1", "delete", "/a", None),
        ("OPTIONS * HTTP/1.1", "other", "*", None),
        ("PROPFIND /a HTTP/1.1", "other", "/a", None),
        ("CONNECT example.org:443 HTTP/1.1", "other", "example.org:443", None),
        ("GET /http09", "read", "/http09", None),
        ("GET /a b HTTP/1.1", "read", "/a b", None),
        ("GET http://example.org/a?x=1 HTTP/1.1", "read", "/a", "x=1"),
        ("GET HTTPS://example.org/a HTTP/1.1", "read", "/a", None),
        ("GET http://example.org HTTP/1.1", "read", "/", None),
        ("GET http://example.org?x=http://y/z HTTP/1.1", "read", "/", "x=http://y/z"),
        ("GET /%C3%A9%2Fx HTTP/1.1", "read", "/é/x", None),
        ("GET /%zz%4 HTTP/1.1", "read", "/%zz%4", None),
        ("GET /%FF HTTP/1.1", "read", "/%FF", None),
        ("GET /%00 HTTP/1.1", "read", "/\x00", None),
        ("GET /a+b HTTP/1.1", "read", "/a+b", None),
        ("GET /%2525 HTTP/1.1", "read", "/%25", None),
        (r"GET /\xC3\xA9 HTTP/1.1", "read", "/é", None),
        (r"GET /a\"b HTTP/1.1", "read", '/a"b', None),
        (r"GET /a\x22b HTTP/1.1", "read", '/a"b', None),
        ("GET //double HTTP/1.1", "read", "//double", None),
        ("GET /%e2%82%ac?q=%e2%82%ac HTTP/1.1", "read", "/€", "q=%e2%82%ac"),
    ],
)
def test_request_line_is_read(request_line: str, action: str, target: str | None, query: str | None) -> None:
    row = read(line(request_line))
    assert (row["fate"], row["action"], row["object"], row["query"]) == ("event", action, target, query)


@pytest.mark.parametrize(
    "request_line", [r"\x16\x03\x01\x02\x00", "-", "", "get /", "SSH-2.0-Go", r"\x03\x00\x00/*\xE0"]
)
def test_senseless_request_is_an_event_that_asks_for_nothing(request_line: str) -> None:
    row = read(line(request_line, tail='400 157 "-" "-"'))
    assert (row["fate"], row["action"], row["object"], row["outcome"]) == ("event", "other", None, "failure")
    if request_line not in ("-", ""):
        assert "senseless" in detail(row)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200", "success"),
        ("304", "success"),
        ("403", "failure"),
        ("500", "failure"),
        ("101", "unknown"),
        ("000", "unknown"),
        ("-", "unknown"),
    ],
)
def test_status_gives_the_outcome(status: str, outcome: str) -> None:
    assert read(line(tail=f'{status} 0 "-" "-"'))["outcome"] == outcome


def test_quotes_in_the_last_fields_are_read_as_they_are_escaped() -> None:
    row = read(line(tail=r'200 12 "ref\"x" "agent \"quoted\" \\ \x22hex\x22"'))
    assert row["user_agent"] == r'agent "quoted" \ "hex"'
    assert detail(row)["referer"] == 'ref"x'


@pytest.mark.parametrize("tail", ['200 12 "-" "curl/8" "203.0.113.9" rt=0.003', "200 12 0.5 extra"])
def test_fields_that_a_server_adds_are_kept(tail: str) -> None:
    row = read(line(tail=tail))
    assert row["fate"] == "event"
    assert "rt=0.003" in str(row["detail"]) or "extra" in str(row["detail"])
    assert row["bytes"] == 12


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("[2024-06-11T10:00:00+02:00]", AT),
        ("[2024-06-11T08:00:00Z]", AT),
        ("[11/Jun/2024:09:00:00.250 +0100]", None),
        ("[31/Feb/2024:10:00:00 +0200]", None),
        ("[yesterday]", None),
        ("[]", None),
    ],
)
def test_time_is_read_or_the_line_is_set_aside(time: str, at: datetime | None) -> None:
    row = read(line(time=time))
    assert row["occurred_at"] == at
    assert row["fate"] == ("event" if at else "set_aside")


def test_iso_time_without_a_zone_takes_the_source_s() -> None:
    text = line(time="[2024-06-11T10:00:00]") + "\n"
    [bare] = rows_read(WebAccess(), text)
    [zoned] = rows_read(WebAccess(), text, zone="Europe/Paris")
    assert bare["reason"] == "no_zone"
    assert zoned["occurred_at"] == AT


@pytest.mark.parametrize(
    "text",
    [
        "garbage",
        "192.0.2.1",
        '192.0.2.1 - - "GET / HTTP/1.1" 200 1',
        f"192.0.2.1 - - {TIME}",
        f'192.0.2.1 - - {TIME} "GET / HTTP/1.1" 20',
        f'192.0.2.1 - - {TIME} "GET',
        "{}",
        '"',
        "\x00\x01",
        '192.0.2.1 - a"b [11/Jun/2024:10:00:00 +0200] "GET / HTTP/1.1" 200 1 "-" "-"',
    ],
)
def test_other_line_is_broken(text: str) -> None:
    row = read(text)
    assert (row["fate"], row["reason"], row["text"]) == ("set_aside", "broken", text)


def test_line_cut_in_its_last_field_keeps_the_rest_and_says_so() -> None:
    row = read(line()[:-4])
    assert (row["fate"], row["flags"], row["user_agent"]) == ("event", ["truncated"], None)


def test_two_lines_written_over_one_another_are_no_event() -> None:
    row = read(f'192.0.2.1 - bob [11/Jun/2024:10:00192.0.2.2 - alice {TIME} "GET / HTTP/1.1" 200 1 "-" "-"')
    assert (row["fate"], row["reason"]) == ("set_aside", "broken")
    assert (row["address"], row["account"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "address", "account", "at"),
    [
        ("192.0.2.81 - dr.rou", "192.0.2.81", None, None),
        ("192.0.2.81 - dr.roussel ", "192.0.2.81", None, None),
        ("192.0.2.81 - Jean Dup", "192.0.2.81", None, None),
        ("192.0.2.81 - dr.roussel [11/Jun", "192.0.2.81", "dr.roussel", None),
        ("192.0.2.81 - Jean Dupont [11/Jun", "192.0.2.81", "Jean Dupont", None),
        (f"192.0.2.81 - - {TIME}", "192.0.2.81", None, AT),
        (f'192.0.2.81 - bob {TIME} "GET /x', "192.0.2.81", "bob", AT),
        ("192.0.2.8", None, None, None),
        ("192.0.2.81 ", None, None, None),
        ("www.example.org 192.0.2.81 - bob [", "192.0.2.81", "bob", None),
        ("www.example.org 192.0.2.81 ", None, None, None),
        ("www.example.org 192.0.2.81 - bo", "192.0.2.81", None, None),
        ("::FFFF:192.0.2.81 - bo", "192.0.2.81", None, None),
    ],
)
def test_cut_line_keeps_what_was_read_whole(
    text: str, address: str | None, account: str | None, at: datetime | None
) -> None:
    row = read(text)
    assert row["fate"] == "set_aside"
    assert (row["address"], row["account"], row["occurred_at"]) == (address, account, at)


def test_comment_is_no_event() -> None:
    assert read("# rotated")["reason"] == "comment"


def test_line_may_end_with_a_carriage_return() -> None:
    rows = rows_read(WebAccess(), line() + "\r\n" + line() + "\r\n")
    assert [row["user_agent"] for row in rows] == ["curl/8", "curl/8"]


def test_bytes_that_are_not_utf8_are_written_and_flagged() -> None:
    [row] = rows_read(WebAccess(), line("GET /a HTTP/1.1", tail='200 1 "-" "x').encode() + b"\xe9" + b'y"\n')
    assert (row["fate"], row["user_agent"], row["flags"]) == ("event", r"x\xe9y", ["bad_encoding"])


@pytest.mark.parametrize(
    ("lines", "is_mine"),
    [
        ([web_line(n) for n in range(3)], True),
        ([line(tail="200 1")] * 3, True),
        ([line(head="www.example.org 192.0.2.1 - -")] * 3, True),
        ([line(), line(), "garbage"], True),
        ([line(), "garbage", "garbage"], False),
        (['{"remote_addr":"192.0.2.1","status":200}'], False),
        (["Jun 11 10:00:00 host sshd[1]: Accepted publickey for bob from 192.0.2.1"], False),
        (["a,b,c"], False),
        ([], False),
    ],
)
def test_format_knows_its_own_lines(lines: list[str], is_mine: bool) -> None:
    sample = Sample("a", "".join(text + "\n" for text in lines).encode(), whole=True)
    assert (WebAccess().sniff(sample).value >= 0.6) is is_mine


def test_real_log_loses_no_line(shared: Path) -> None:
    expected = json.loads((shared / "samples/expected.json").read_text("utf-8"))
    name = "web-access/elastic/apache_logs.log"
    wanted = expected[name]
    rows = rows_read(WebAccess(), (shared / "samples" / name).read_bytes())
    assert len(rows) == 10_000
    fates = [row["fate"] for row in rows]
    flagged = [row["line_number"] for row in rows if row["flags"]]
    assert (fates.count("event"), flagged) == (10_000, [8899]), wanted
