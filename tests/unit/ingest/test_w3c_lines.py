# SPDX-License-Identifier: Apache-2.0
"""Lines of W3C extended logs: each is read by the header in force, wherever the stream was cut."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.reading_logs import rows_read
from tocsin.ingest.formats.iis_w3c import IisW3c
from tocsin.ingest.interface import Sample
from tocsin.ingest.read.w3c_lines import W3cCutter, fields_of

SHORT = "#Fields: date time c-ip cs-method cs-uri-stem sc-status"
LONG = "#Fields: date time sc-status cs-uri-stem cs-method c-ip X-Custom"
NO_DATE = "#Fields: time c-ip cs-method cs-uri-stem sc-status"


def sample_of(text: str) -> Sample:
    return Sample("x.log", text.encode(), whole=True)


@given(st.lists(st.sampled_from([SHORT, LONG]), min_size=1, max_size=8), st.integers(1, 40))
def test_each_line_is_read_by_its_own_header_when_headers_change_at_random(
    headers: list[str], piece: int
) -> None:
    lines = []
    for number, header in enumerate(headers):
        short = f"2026-03-02 07:15:{number:02} 192.0.2.{number} GET /{number} 200"
        long = f"2026-03-02 07:15:{number:02} 200 /{number} GET 192.0.2.{number} odd"
        lines += [header, short if header == SHORT else long]
    text = "\n".join(lines).encode()
    blocks = iter([text[at : at + piece] for at in range(0, len(text), piece)])
    found = [row for batch in W3cCutter(sample_of(text.decode())).cut(blocks) for row in batch.to_pylist()]
    assert [row["record"] for row in found] == lines
    for row in found:
        words = row["record"].split(" ")
        if not row["record"].startswith("#"):
            number = int(words[1][-2:])
            assert words[row["at_c_ip"] - 1] == f"192.0.2.{number}"
            assert words[row["at_cs_uri_stem"] - 1] == f"/{number}"
            assert (row["odd_fields"] is None) == (len(words) == len(fields_of(SHORT)))


def test_grown_file_is_read_on_under_its_first_header_when_no_other_has_come() -> None:
    text = f"{SHORT}\n2026-03-02 07:15:00 192.0.2.1 GET /a 200\n"
    first = W3cCutter(sample_of(text))
    list(first.cut(iter([text.encode()])))
    assert first.complete_bytes == len(text)
    more = W3cCutter(sample_of(text))
    [batch] = more.cut(iter([b"2026-03-02 07:15:01 192.0.2.2 GET /b 200\n"]), len(text), 2)
    assert batch.column("at_sc_status").to_pylist() == [6]


def test_grown_file_is_read_anew_when_its_last_header_is_not_its_first() -> None:
    text = f"{SHORT}\n2026-03-02 07:15:00 192.0.2.1 GET /a 200\n"
    text += f"{LONG}\n2026-03-02 07:15:01 200 /b GET 192.0.2.1 x\n"
    cutter = W3cCutter(sample_of(text))
    list(cutter.cut(iter([text.encode()])))
    assert cutter.complete_bytes < len(text)


def test_date_comes_from_the_header_when_lines_have_none() -> None:
    text = (
        f"#Date: 2026-02-28 23:59:00\n{NO_DATE}\n"
        "23:59:58 192.0.2.1 GET /a 200\n00:00:02 192.0.2.1 GET /b 200\n00:00:01 192.0.2.1 GET /c 200\n"
    )
    rows = [row for row in rows_read(IisW3c(), text) if row["fate"] == "event"]
    assert [row["occurred_at"] for row in rows] == [
        datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC),
        datetime(2026, 3, 1, 0, 0, 2, tzinfo=UTC),
        datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC),
    ]
    assert all(row["flags"] == ["date_worked_out"] for row in rows)


def test_line_is_set_aside_when_no_header_gives_it_a_date() -> None:
    rows = rows_read(IisW3c(), f"{NO_DATE}\n07:15:00 192.0.2.1 GET /a 200\n")
    assert [row["reason"] for row in rows] == ["header", "broken"]
