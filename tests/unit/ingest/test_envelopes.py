# SPDX-License-Identifier: Apache-2.0
"""Exports of log platforms: the native record is read as if bare, and leads back to the exported bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.core.errors import InputError
from tocsin.core.settings import load_mapping
from tocsin.ingest.envelopes.enveloped import Enveloped
from tocsin.ingest.envelopes.opening import openings
from tocsin.ingest.interface import ReadOptions, Sample
from tocsin.ingest.lookup import texts_at
from tocsin.ingest.recognise import choose_format, format_named, rank_formats
from tocsin.ingest.standalone import Asked, read_files


def access(number: int) -> str:
    return (
        f"10.0.0.{number} - user-{number} [21/Jul/2020:09:00:{number:02d} +0000] "
        f'"GET /v1/patients/{number}?q=\\"é HTTP/1.1" 200 12 "-" "curl"'
    )


def elastic(number: int, text: str | None = None, **more: object) -> str:
    source = {
        "@timestamp": "2020-07-21T09:00:00Z",
        "message": text or access(number),
        "host": {"name": "web-1"},
    }
    hit = {"_index": "logs", "_id": f"id-{number}", "_source": source, **more}
    return json.dumps(hit, ensure_ascii=False)


def splunk(number: int, **more: object) -> str:
    row = {"preview": False, "offset": number, "result": {"_raw": access(number), "host": "web-1"}, **more}
    return json.dumps(row)


def loki(number: int) -> str:
    return json.dumps(
        {"labels": {"app": "gateway"}, "line": access(number), "timestamp": "2020-07-21T09:00:00.000000001Z"}
    )


def rows_of(cells: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(cells)
    return text.getvalue()


def graylog(count: int, delimiter: str = ",") -> str:
    rows = [["2020-07-21T09:00:00.000Z", "web-1", access(n)] for n in range(count)]
    return rows_of([["timestamp", "source", "message"], *rows], delimiter)


def lines(*found: str) -> str:
    return "".join(f"{line}\n" for line in found)


def sample(content: str) -> Sample:
    return Sample("export", content.encode(), whole=True)


def read(content: str, envelope: str | None = None, field: str | None = None) -> list[Row]:
    return rows_read(choose_format(sample(content), None, envelope, field), content)


EXPORTS = {
    "elasticsearch:_source/message": lines(*(elastic(n) for n in range(9))),
    "splunk:result/_raw": lines(*(splunk(n) for n in range(9))),
    "splunk:_raw": rows_of([["_time", "_raw"], *([str(n), access(n)] for n in range(9))]),
    "graylog:message": graylog(9),
    "loki:line": lines(*(loki(n) for n in range(9))),
    "elasticsearch:message": rows_of([["@timestamp", "message"], *([str(n), access(n)] for n in range(9))]),
}


@pytest.mark.parametrize("shape", EXPORTS)
def test_export_is_recognised_and_read_as_the_native_log(shape: str) -> None:
    content = EXPORTS[shape]
    form = choose_format(sample(content), None)
    assert form.name == f"web-access in {shape}"
    native = rows_read(choose_format(sample(lines(access(1))), "web-access"), lines(*map(access, range(9))))
    found = [row for row in rows_read(form, content) if row["fate"] == "event"]
    kept = [name for name in native[0] if name not in ("byte_offset", "line_number", "detail")]
    assert [[row[name] for name in kept] for row in found] == [[row[name] for name in kept] for row in native]


@pytest.mark.parametrize("shape", EXPORTS)
def test_event_leads_back_to_the_exported_bytes(shape: str) -> None:
    content = EXPORTS[shape]
    events = [row for row in read(content) if row["fate"] == "event"]
    assert events
    for row in events:
        exported = content.encode()[int(str(row["byte_offset"])) :].split(b"\n")[0]
        assert str(row["account"]).encode() in exported
        assert exported.startswith((b"{", b'"'))


@pytest.mark.parametrize("shape", EXPORTS)
def test_export_is_read_alike_in_pieces(shape: str, tmp_path: Path) -> None:
    (tmp_path / "export").write_text(EXPORTS[shape])
    with read_files([tmp_path / "export"], Asked(), by="test") as (case, _):
        with case.engine("events", "files") as engine:
            assert engine.count("select count(*) from events") == 9
            assert engine.rows("select format from files") == [(f"web-access in {shape}",)]
            [(number, offset)] = engine.rows(
                "select file_number, byte_offset from events where account = 'user-3'"
            )
        assert isinstance(number, int)
        assert isinstance(offset, int)
        text = texts_at(case, [(number, offset, 0)])[(number, offset, 0)]
        assert "user-3" in text
        assert text in EXPORTS[shape]


def test_detail_keeps_what_else_the_envelope_holds() -> None:
    row = read(EXPORTS["elasticsearch:_source/message"])[0]
    detail = json.loads(str(row["detail"]))
    assert detail["method"] == "GET"
    assert detail["envelope"]["_id"] == "id-0"
    assert detail["envelope"]["_source"] == {"@timestamp": "2020-07-21T09:00:00Z", "host": {"name": "web-1"}}


def test_detail_keeps_the_other_columns_of_a_csv_export() -> None:
    row = next(row for row in read(graylog(3)) if row["fate"] == "event")
    assert json.loads(str(row["detail"]))["envelope"] == {
        "timestamp": "2020-07-21T09:00:00.000Z",
        "source": "web-1",
    }


def test_header_of_a_csv_export_is_no_event_wherever_it_stands() -> None:
    rows = read(graylog(2) + graylog(2))
    assert [row["reason"] for row in rows] == ["header", "", "", "header", "", ""]


def test_original_is_read_in_place_of_the_message_when_both_are_there() -> None:
    hits = [
        {"_index": "l", "_id": "1", "_source": {"message": "told shortly", "event": {"original": access(1)}}},
        {"_index": "l", "_id": "2", "_source": {"message": "told shortly", "event": {"original": access(2)}}},
    ]
    content = lines(*map(json.dumps, hits))
    assert choose_format(sample(content), None).name.endswith(":_source/event/original")
    assert [row["account"] for row in read(content)] == ["user-1", "user-2"]


def test_field_is_found_when_its_dots_are_part_of_its_name() -> None:
    content = lines(json.dumps({"_id": "1", "_source": {"event.original": access(1)}}))
    assert choose_format(sample(content), None).name.endswith(":_source/event.original")
    assert read(content, "elasticsearch", "event.original")[0]["account"] == "user-1"


def test_whole_source_is_the_record_when_it_is_a_native_object() -> None:
    event = {"resourceType": "AuditEvent", "recorded": "2020-07-21T09:00:00Z", "action": "R"}
    hits = ({"_index": "a", "_id": str(n), "_source": {**event, "id": str(n)}} for n in range(3))
    content = lines(*map(json.dumps, hits))
    assert choose_format(sample(content), None).name == "fhir-audit-event in elasticsearch:_source"
    rows = read(content)
    assert [row["fate"] for row in rows] == ["event"] * 3
    assert json.loads(str(rows[0]["detail"]))["envelope"] == {"_index": "a", "_id": "0"}


def test_list_of_hits_is_cut_into_its_elements() -> None:
    content = "[" + ",\n".join(elastic(n) for n in range(4)) + "]"
    rows = read(content)
    assert [row["account"] for row in rows] == [f"user-{n}" for n in range(4)]


def test_record_is_set_aside_when_its_envelope_holds_none() -> None:
    empty = json.dumps({"_index": "l", "_id": "x", "_source": {"host": "web-1"}})
    rows = read(lines(elastic(1), empty, elastic(2), elastic(3)))
    assert [(row["fate"], row["reason"]) for row in rows][1] == ("set_aside", "no_record")
    assert rows[1]["text"] == empty


def test_record_is_set_aside_when_its_envelope_is_broken() -> None:
    rows = read(lines(elastic(1), elastic(2)[:90], "", elastic(3)))
    assert [(row["fate"], row["reason"]) for row in rows] == [
        ("event", ""),
        ("set_aside", "broken"),
        ("non_event", "blank"),
        ("event", ""),
    ]
    assert rows[1]["account"] is None


def test_record_is_set_aside_when_what_stands_within_is_of_another_format() -> None:
    rows = read(lines(elastic(1), elastic(2, "kernel: oops"), elastic(3)))
    assert [(row["fate"], row["reason"]) for row in rows][1] == ("set_aside", "broken")
    assert rows[1]["text"] == "kernel: oops"


def test_cut_record_within_keeps_what_was_read_whole() -> None:
    rows = read(lines(elastic(1), elastic(2, access(2)[:70]), elastic(3)))
    assert (rows[1]["fate"], rows[1]["reason"]) == ("set_aside", "broken")
    assert rows[1]["account"] == "user-2"


def test_preview_rows_of_an_export_are_no_events() -> None:
    rows = read(lines(splunk(0, preview=True), splunk(0), splunk(1, lastrow=True)))
    assert [row["reason"] for row in rows] == ["duplicate_record", "", ""]


def test_bad_bytes_within_an_export_are_read_and_flagged() -> None:
    content = lines(elastic(1), elastic(2)).encode().replace("é".encode(), b"\xe9")
    rows = rows_read(choose_format(Sample("x", content, whole=True), None), content)
    assert [row["flags"] for row in rows] == [["bad_encoding"]] * 2
    assert "\\xe9" in str(rows[0]["query"])


def test_record_of_several_lines_within_an_export_is_one_record() -> None:
    rows = read(lines(elastic(1), elastic(2, access(2) + "\n" + access(3)), elastic(4)))
    assert len(rows) == 3


def test_mapping_reads_the_export_itself_unless_an_envelope_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'reader = "json-lines"\n[fields]\noccurred_at = { path = "$.at", time = "iso8601" }\n'
        'account = { path = "$.who" }\n'
    )
    options = ReadOptions(mapping=load_mapping(tmp_path / "m.toml"))
    content = lines(
        *(json.dumps({"_id": "1", "_source": {"at": "2020-07-21T09:00:00Z", "who": "x"}}) for _ in "ab")
    )
    assert choose_format(sample(content), "mapped").name == "mapped"
    form = choose_format(sample(content), "mapped", "elasticsearch", "_source")
    assert form.name == "mapped in elasticsearch:_source"
    assert form.extraction(options).columns["account"]


@pytest.mark.parametrize("shape", EXPORTS)
def test_format_is_found_again_by_its_name(shape: str) -> None:
    form = choose_format(sample(EXPORTS[shape]), None)
    again = format_named(form.name, sample(EXPORTS[shape]))
    assert isinstance(again, Enveloped)
    assert isinstance(form, Enveloped)
    assert (again.name, again.shape) == (form.name, form.shape)


@pytest.mark.parametrize(
    ("envelope", "field", "content"),
    [
        ("json", "a.b", lines(*(json.dumps({"a": {"b": access(n)}}) for n in range(3)))),
        ("json", "a.b", lines(*(json.dumps({"a.b": access(n)}) for n in range(3)))),
        ("csv", "text", rows_of([["n", "text"], *([str(n), access(n)] for n in range(3))], ";")),
        ("splunk", "_raw", EXPORTS["splunk:result/_raw"]),
        ("elasticsearch", "message", EXPORTS["elasticsearch:_source/message"]),
    ],
)
def test_envelope_is_opened_as_asked(envelope: str, field: str, content: str) -> None:
    form = choose_format(sample(content), "web-access", envelope, field)
    rows = [row for row in rows_read(form, content) if row["fate"] == "event"]
    assert [row["account"] for row in rows][:3] == ["user-0", "user-1", "user-2"]
    again = format_named(form.name, sample(content))
    assert again is not None
    assert again.name == form.name


def test_envelope_is_refused_when_the_file_shows_none() -> None:
    with pytest.raises(InputError) as caught:
        choose_format(sample(lines(access(1))), "web-access", "elasticsearch")
    assert caught.value.code == "no_envelope"


def test_envelope_is_refused_when_there_is_none_of_that_name() -> None:
    with pytest.raises(InputError, match="elasticsearch"):
        openings(sample(""), "elasticsearh")


def test_export_of_something_unknown_is_not_a_log() -> None:
    content = lines(*(elastic(n, "nothing known") for n in range(3)))
    with pytest.raises(InputError) as caught:
        choose_format(sample(content), None)
    assert caught.value.code == "not_a_log"


@pytest.mark.parametrize(
    "content", ["", "\n", "{", "[", "[1,2", "null", '"a"', "a,b\n1", "\x00\x01", "{}\n[]"]
)
def test_odd_beginning_is_no_envelope(content: str) -> None:
    assert [one for one in rank_formats(sample(content)) if " in " in one[0].name] == []


@given(st.lists(st.one_of(st.integers(0, 9).map(elastic), st.text(max_size=30)), min_size=1, max_size=12))
def test_no_record_is_lost_whatever_stands_between(found: list[str]) -> None:
    content = lines(elastic(0), elastic(1), elastic(2), *found)
    form = choose_format(sample(lines(elastic(0))), None)
    rows = rows_read(form, content.encode("utf-8", "surrogatepass"))
    assert len(rows) == content.count("\n")
    assert {row["fate"] for row in rows} <= {"event", "set_aside", "non_event"}
