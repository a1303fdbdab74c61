# SPDX-License-Identifier: Apache-2.0
"""Traps of web, cloud and transfer logs that no sample shows: neighbours, forged lines, bad bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.core.settings import load_mapping
from tocsin.ingest.interface import Sample
from tocsin.ingest.mapping_check import check_mapping
from tocsin.ingest.recognise import choose_format, known_formats

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "read-web-cloud-and-transfer-logs.md"
MAPPINGS = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
SHARED_FORMATS = [
    ("file-transfer/plaso/vsftpd.log", "vsftpd", 25),
    ("file-transfer/crowdsec/nextcloud-logs__nextcloud-logs.log", "nextcloud", 5),
]


def read(name: str, text: str, zone: str | None = "Europe/Paris") -> list[Row]:
    return rows_read(known_formats()[name], text, zone=zone)


@pytest.mark.parametrize(
    "line",
    [
        '127.0.0.1 - jean [02/Mar/2026:08:15:04 +0100] "GET /a HTTP/1.1" 200 12',
        '127.0.0.1 - jean [02/Mar/2026:08:15:04 +0100] "GET /a HTTP/1.1" 200 12 83 A1B2C3D4',
        '0:0:0:0:0:0:0:1 - - [02/Mar/2026:08:15:04 +0100] "POST /j_security_check HTTP/1.1" 408 -',
    ],
)
def test_tomcat_access_line_is_read_as_web_access(line: str) -> None:
    assert choose_format(Sample("x", line.encode() + b"\n", whole=True), None).name == "web-access"
    [row] = read("web-access", line + "\n")
    assert row["fate"] == "event"


def test_json_record_is_read_when_a_visitor_sends_a_byte_that_is_no_text() -> None:
    line = (
        '{"time_iso8601":"2026-03-02T07:15:04+00:00","remote_addr":"192.0.2.1","remote_user":"a\\\\xab",'
        '"request":"GET /\udcff HTTP/1.1","status":"200"}\n'
    )
    [row] = rows_read(known_formats()["nginx-json"], line.encode("utf-8", "surrogateescape"))
    assert (row["fate"], row["object"], row["account"]) == ("event", "/\\xff", "a\\xab")
    assert row["flags"] == ["bad_encoding"]


def test_haproxy_datagram_is_read_when_its_sender_says_no_host() -> None:
    line = (
        "<134>Mar  2 08:15:04 haproxy[812]: 192.0.2.1:50312 [02/Mar/2026:08:15:04.021] a b/s 0/0/1/2/3 200 "
        '5 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"\n'
    )
    [row] = read("haproxy", line)
    assert (row["address"], row["port"], row["node"]) == ("192.0.2.1", 50312, None)


def test_haproxy_names_no_object_when_its_line_was_cut_in_the_path() -> None:
    line = (
        "192.0.2.1:50312 [02/Mar/2026:08:15:04.021] a b/s 0/0/1/2/3 200 5 - - ---- 1/1/1/1/0 0/0 "
        '"GET /patients/47\n'
    )
    [row] = read("haproxy", line)
    assert (row["object"], row["flags"], row["address"]) == (None, ["truncated"], "192.0.2.1")


def test_nginx_error_believes_no_client_when_a_line_names_two() -> None:
    line = (
        "2026/03/02 08:15:09 [error] 1#1: *10 access forbidden by rule, client: 192.0.2.1, server: , "
        'request: "GET /a, client: 198.51.100.9, server: , request: "GET /b HTTP/1.1", host: "h"\n'
    )
    [row] = read("nginx-error", line)
    assert (row["address"], row["object"], row["flags"]) == (None, None, ["ambiguous"])


def test_wallix_reads_no_outcome_from_what_a_person_typed() -> None:
    line = (
        "2026-03-02T08:15:04+01:00 b rdpproxy: [RDP Session] "
        'type="KBD_INPUT" session_id="s" user="dim" data=" status=success file_name=x action=view "\n'
    )
    [row] = read("wallix-bastion", line)
    assert (row["action"], row["outcome"], row["file_name"]) == ("other", "unknown", None)


def test_cloudtrail_digest_is_taken_for_no_log() -> None:
    digest = b'{"digestStartTime":"2026-03-02T06:00:00Z","awsAccountId":"1","logFiles":[]}'
    assert known_formats()["aws-cloudtrail"].sniff(Sample("x", digest, whole=True)).value == 0


@pytest.mark.parametrize(("path", "name", "count"), SHARED_FORMATS)
def test_real_log_is_recognised_and_read_whole(shared: Path, path: str, name: str, count: int) -> None:
    content = (shared / "samples" / path).read_bytes()
    assert choose_format(Sample(path, content, whole=True), None).name == name
    rows = rows_read(known_formats()[name], content, zone="UTC")
    assert [row["fate"] for row in rows] == ["event"] * count


@pytest.mark.parametrize("text", MAPPINGS)
def test_mapping_of_the_how_to_reads_its_own_sample(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, "utf-8")
    mapping = load_mapping(path)
    assert mapping.sample
    check_mapping(mapping, path, None)
