# SPDX-License-Identifier: Apache-2.0
"""Access logs as JSON, in the shapes that nginx, Caddy and Traefik give them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.ingest.formats.web_json import CaddyJson, NginxJson, TraefikJson
from tocsin.ingest.interface import LogFormat, Sample

AT = datetime(2024, 6, 11, 8, tzinfo=UTC)

NGINX = {
    "time_iso8601": "2024-06-11T10:00:00+02:00",
    "remote_addr": "2001:DB8::1",
    "remote_port": "50412",
    "remote_user": "rené",
    "request": "GET /a%20b?x=1 HTTP/1.1",
    "request_method": "GET",
    "request_uri": "/a%20b?x=1",
    "status": "200",
    "body_bytes_sent": "812",
    "http_referrer": "",
    "http_user_agent": "Mozilla/5.0",
    "request_id": "f00d",
    "hostname": "web-1",
}
CADDY = {
    "level": "info",
    "ts": 1718092800.0,
    "logger": "http.log.access.log0",
    "msg": "handled request",
    "request": {
        "remote_ip": "192.0.2.1",
        "remote_port": "41342",
        "client_ip": "192.0.2.9",
        "proto": "HTTP/2.0",
        "method": "POST",
        "host": "localhost",
        "uri": "/a%20b?x=1",
        "headers": {"User-Agent": ["curl/8"], "X-Request-Id": ["f00d"]},
    },
    "user_id": "bob",
    "duration": 0.0009,
    "size": 10900,
    "status": 403,
}
TRAEFIK = {
    "ClientAddr": "192.0.2.1:50412",
    "ClientHost": "192.0.2.1",
    "ClientPort": "50412",
    "ClientUsername": "-",
    "DownstreamContentSize": 19,
    "DownstreamStatus": 404,
    "OriginStatus": 0,
    "RequestMethod": "DELETE",
    "RequestPath": "/a%20b?x=1",
    "StartLocal": "2024-06-11T10:00:00.123456789+02:00",
    "StartUTC": "2024-06-11T08:00:00Z",
    "entryPointName": "web",
    "request_User-Agent": "curl/8",
    "request_X-Request-Id": "f00d",
    "time": "2024-06-11T10:00:01+02:00",
}
FORMATS: dict[str, tuple[LogFormat, dict[str, object]]] = {
    "nginx": (NginxJson(), dict(NGINX)),
    "caddy": (CaddyJson(), dict(CADDY)),
    "traefik": (TraefikJson(), dict(TRAEFIK)),
}


def read(form: LogFormat, record: object, zone: str | None = None) -> Row:
    text = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
    [row] = rows_read(form, text + "\n", zone)
    return row


def without(record: dict[str, object], *names: str, **others: object) -> dict[str, object]:
    return {key: value for key, value in record.items() if key not in names} | others


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "nginx",
            {
                "address": "2001:db8::1", "port": 50412, "account": "rené", "action": "read", "status": "200",
                "outcome": "success", "bytes": 812, "user_agent": "Mozilla/5.0", "node": "web-1",
            },
        ),
        (
            "caddy",
            {
                "address": "192.0.2.9", "port": 41342, "account": "bob", "action": "create", "status": "403",
                "outcome": "failure", "bytes": 10900, "user_agent": "curl/8", "node": None,
            },
        ),
        (
            "traefik",
            {
                "address": "192.0.2.1", "port": 50412, "account": None, "action": "delete", "status": "404",
                "outcome": "failure", "bytes": 19, "user_agent": "curl/8", "node": None,
            },
        ),
    ],
)  # fmt: skip
def test_record_is_an_event(name: str, wanted: dict[str, object]) -> None:
    form, record = FORMATS[name]
    row = read(form, record)
    assert (row["fate"], row["occurred_at"], row["object"], row["query"]) == ("event", AT, "/a b", "x=1")
    assert row["request"] == "f00d"
    assert {key: row[key] for key in wanted} == wanted
    assert json.loads(str(row["detail"]))


@pytest.mark.parametrize(
    "time", ["1718092800", "1718092800.25", '"11/Jun/2024:10:00:00 +0200"', '"2024-06-11T08:00:00Z"']
)
def test_nginx_time_is_read_however_it_is_written(time: str) -> None:
    record = json.dumps(without(NGINX, "time_iso8601"))[:-1] + f', "time": {time}}}'
    row = read(NginxJson(), record)
    assert isinstance(row["occurred_at"], datetime)
    assert row["occurred_at"].replace(microsecond=0) == AT


def test_nginx_request_line_stands_for_what_is_not_said_apart() -> None:
    row = read(NginxJson(), without(NGINX, "request_method", "request_uri", uri="/a b"))
    assert (row["action"], row["object"], row["query"]) == ("read", "/a b", "x=1")


def test_nginx_path_without_a_request_line_is_decoded_already() -> None:
    row = read(NginxJson(), without(NGINX, "request", "request_uri", uri="/100%25", args="x=1"))
    assert (row["action"], row["object"], row["query"]) == ("read", "/100%25", "x=1")


def test_nginx_null_and_empty_values_are_absent() -> None:
    row = read(NginxJson(), {**NGINX, "remote_user": "", "http_user_agent": "-", "request_id": None})
    assert (row["account"], row["user_agent"], row["request"]) == (None, None, None)


def test_nginx_time_without_a_zone_needs_one() -> None:
    record = {**NGINX, "time_iso8601": "2024-06-11T10:00:00"}
    assert read(NginxJson(), record)["reason"] == "no_zone"
    assert read(NginxJson(), record, zone="Europe/Paris")["occurred_at"] == AT


def test_caddy_without_a_client_address_has_the_remote_one() -> None:
    record = json.loads(json.dumps(CADDY))
    del record["request"]["client_ip"]
    assert read(CaddyJson(), record)["address"] == "192.0.2.1"


def test_traefik_status_is_what_the_client_got() -> None:
    assert read(TraefikJson(), without(TRAEFIK, "DownstreamStatus", OriginStatus=200))["status"] == "200"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", ["{", "[]", "garbage", "\x00", '"x"'])
def test_line_that_is_no_record_is_broken(name: str, text: str) -> None:
    row = read(FORMATS[name][0], text)
    assert (row["fate"], row["reason"]) == ("set_aside", "broken")


@pytest.mark.parametrize("name", FORMATS)
def test_record_without_a_time_is_set_aside(name: str) -> None:
    form, record = FORMATS[name]
    assert (
        read(form, without(record, "time_iso8601", "ts", "StartUTC", "StartLocal", "time"))["reason"]
        == "no_time"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_cut_record_keeps_what_was_read_whole(name: str) -> None:
    form, record = FORMATS[name]
    whole = read(form, record)
    text = json.dumps(record, ensure_ascii=False)
    seen = set()
    for place in range(1, len(text)):
        row = read(form, text[:place]) if place % 7 == 0 else None
        if row is not None and row["fate"] == "set_aside":
            assert row["address"] in (None, whole["address"], "192.0.2.1")
            assert row["account"] in (None, whole["account"])
            seen.add(row["address"])
    assert len(seen) > 1


@pytest.mark.parametrize("mine", FORMATS)
@pytest.mark.parametrize("given", FORMATS)
def test_format_knows_its_own_records(mine: str, given: str) -> None:
    head = "".join(json.dumps(FORMATS[given][1]) + "\n" for _ in range(3)).encode()
    sure = FORMATS[mine][0].sniff(Sample("a", head, whole=True)).value
    assert (sure >= 0.6) is (mine == given)
