# SPDX-License-Identifier: Apache-2.0
"""AuditEvents of every version, in every container, become the same events."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.unit.ingest.audit_scenes import DICOM, balp_read, coded, user, written
from tests.unit.ingest.fhir_reading import FORM, SAMPLES, fates, read, sample_of
from tests.unit.ingest.reading_logs import rows_read
from tocsin.ingest.interface import NEXT_PAGE, ReadOptions
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.read.xml_elements import XmlCutter


def test_balp_read_fills_every_column_it_can() -> None:
    row = read(balp_read())
    assert {
        name: value for name, value in row.items() if value is not None and name not in ("detail", "item")
    } == {
        "byte_offset": 0,
        "line_number": 1,
        "occurred_at": datetime(2024, 5, 2, 8, 0, 0, 250_000, UTC),
        "recorded_at": datetime(2024, 5, 2, 8, 0, 0, 250_000, UTC),
        "account": "p7",
        "account_name": "Dr. Synthetic",
        "session": "tok-5f3a",
        "address": "2001:db8::7",
        "client": "machine-110152",
        "request": "req-1",
        "node": "gw-1",
        "action": "read",
        "object_type": "Observation",
        "object": "Observation/o1",
        "person": "P0001",
        "record_type": "Observation",
        "record": "o1",
        "outcome": "success",
        "status": "0",
        "fate": "event",
        "reason": "",
    }


def test_detail_keeps_the_resource_without_its_narrative() -> None:
    event = balp_read(text={"status": "generated", "div": "<div>told again</div>"}, outcomeDesc="fine")
    detail = json.loads(str(read(event)["detail"]))
    assert detail == {name: member for name, member in event.items() if name != "text"}


@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize("frame", ["%s", "[%s]", '{"resourceType": "Bundle", "entry": [{"resource": %s}]}'])
def test_container_changes_nothing_of_the_event(frame: str, pretty: bool) -> None:
    text = json.dumps(balp_read(), indent=2 if pretty else None)
    [row] = rows_read(FORM, frame % text)
    plain = read(balp_read())
    beside = ("byte_offset", "line_number", "detail")
    assert {k: v for k, v in row.items() if k not in beside} == {
        k: v for k, v in plain.items() if k not in beside
    }
    assert json.loads(str(row["detail"])) == balp_read()


XML = """<?xml version="1.0" encoding="UTF-8"?>
<AuditEvent xmlns="http://hl7.org/fhir"><id value="e1"/>
 <contained><Patient><id value="p"/><identifier><value value="P0001"/></identifier></Patient></contained>
 <type><code value="rest"/></type><subtype><code value="read"/></subtype><action value="R"/>
 <recorded value="2024-05-02T08:00:00Z"/><outcome value="0"/>
 <agent>
  <type><coding><code value="IRCP"/></coding></type>
  <who><identifier><value value="a&amp;b"/></identifier></who>
  <requestor value="true"/><policy value="tok"/>
  <network><address value="192.0.2.1"/><type value="2"/></network>
 </agent>
 <source><observer><display value="gw"/></observer><type><code value="3"/></type></source>
 <entity><!-- whose --><what><reference value="#p"/></what><role><code value="1"/></role></entity>
 <entity><role><code value="24"/></role><query value="UGF0aWVudD9uYW1lPcOp"/></entity>
</AuditEvent>"""


def test_xml_says_what_json_says() -> None:
    [row] = rows_read(FORM, XML)
    wanted = ("a&b", "192.0.2.1", "tok", "gw", "P0001", "Patient?name=é", "Patient", "read", "success", "e1")
    columns = (
        "account",
        "address",
        "session",
        "node",
        "person",
        "query",
        "object_type",
        "action",
        "outcome",
        "request",
    )
    assert tuple(row[name] for name in columns) == wanted
    assert json.loads(str(row["detail"]))["source"]["type"] == [{"code": "3"}]


def test_xml_that_declares_a_document_type_is_set_aside_unread() -> None:
    bomb = '<!DOCTYPE AuditEvent [<!ENTITY a "x">]>' + XML.partition("?>")[2].replace("a&amp;b", "&a;")
    assert fates(bomb + XML) == [("set_aside", "dtd"), ("event", "")]


def test_xml_that_is_not_well_formed_is_broken() -> None:
    assert fates(XML.replace("</who>", "") + XML) == [("set_aside", "broken"), ("event", "")]


def test_r5_event_is_read() -> None:
    row = read(
        balp_read(
            type=None,
            subtype=None,
            meta=None,
            category=[coded("rest", "http://terminology.hl7.org/CodeSystem/audit-event-type")],
            code=coded("vread", "http://hl7.org/fhir/restful-interaction"),
            outcome={"code": {"code": "4"}, "detail": [{"text": "partly"}]},
            occurredPeriod={"start": "2024-05-02T07:50:00Z"},
            patient={"reference": "Patient/P0002"},
            agent=[{**user(), "networkString": "192.0.2.9"}],
            entity=[{"what": {"reference": "Binary/b1"}, "role": coded("4")}],
        )
    )
    assert (row["action"], row["outcome"], row["status"], row["person"]) == ("read", "failure", "4", "P0002")
    assert (row["address"], row["object"]) == ("192.0.2.9", "Binary/b1")
    assert row["occurred_at"] == datetime(2024, 5, 2, 7, 50, tzinfo=UTC)
    assert row["flags"] == ["clock_disagrees"]


def test_stu3_event_is_read() -> None:
    row = read(
        balp_read(
            agent=[
                {
                    "role": [coded("humanuser")],
                    "userId": {"value": "u7"},
                    "altId": "alt",
                    "name": "U Seven",
                    "requestor": True,
                    "network": {"address": "ward-pc", "type": "1"},
                }
            ],
            source={"identifier": {"value": "hl7.example"}},
            entity=[{"reference": {"reference": "Patient/P0003/_history/1"}, "type": {"code": "2"}}],
        )
    )
    assert (row["account"], row["account_name"], row["network"], row["address"]) == (
        "u7",
        "U Seven",
        "ward-pc",
        None,
    )
    assert (row["node"], row["person"], row["object"]) == ("hl7.example", "P0003", "Patient/P0003")


def test_dstu2_event_is_read() -> None:
    row = read(
        {
            "resourceType": "AuditEvent",
            "id": "d2",
            "event": {
                "type": {"system": DICOM, "code": "110114"},
                "subtype": [{"system": DICOM, "code": "110122"}],
                "action": "E",
                "dateTime": "2013-06-20T23:41:23Z",
                "outcome": "8",
            },
            "participant": [{"userId": {"value": "95"}, "altId": "6", "name": "G", "requestor": True}],
            "source": {"identifier": {"value": "hl7"}},
            "object": [{"identifier": {"value": "77^^^LOC&1.2.3&ISO"}, "role": {"code": "1"}}],
        }
    )
    assert (row["action"], row["outcome"], row["account"], row["node"]) == (
        "login_failed",
        "failure",
        "95",
        "hl7",
    )
    assert (row["person"], row["person_domain"]) == ("77", "1.2.3")
    assert row["occurred_at"] == datetime(2013, 6, 20, 23, 41, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "cutter"),
    [
        (written(balp_read(), balp_read()), LinesCutter),
        (json.dumps(balp_read(), indent=1), JsonCutter),
        (json.dumps([balp_read()]), JsonCutter),
        (json.dumps({"resourceType": "Bundle", "entry": [{"resource": balp_read()}]}), JsonCutter),
        (written(balp_read()).replace("}\n", "},\n"), JsonCutter),
        (XML, XmlCutter),
    ],
)
def test_file_is_cut_by_what_its_beginning_shows(content: str, cutter: type) -> None:
    assert type(FORM.cutter(sample_of(content), ReadOptions())) is cutter
    assert FORM.sniff(sample_of(content)).value > 0.9


def test_next_page_of_a_search_is_told() -> None:
    page = {"resourceType": "Bundle", "link": [{"relation": "next", "url": "x"}], "entry": []}
    assert FORM.warnings(sample_of(json.dumps(page))) == [("next_page", NEXT_PAGE)]
    assert FORM.warnings(sample_of(written(balp_read()))) == []


def test_sample_is_recognised_and_read() -> None:
    content = (SAMPLES / "events.ndjson").read_bytes()
    assert FORM.sniff(sample_of(content)).value > 0.9
    assert [(row["action"], row["account"], row["person"]) for row in rows_read(FORM, content)] == [
        ("login", "dr.example", None),
        ("search", "dr.example", None),
        ("read", "dr.example", "P0001"),
        ("export", None, "P0002"),
    ]


def test_neighbour_is_refused() -> None:
    content = (SAMPLES / "neighbour.json").read_bytes()
    assert FORM.sniff(sample_of(content)).value == 0
    for other in ("", "hello", "<html/>", '{"a": 1}', "<AuditMessage/>"):
        assert FORM.sniff(sample_of(other)).value == 0
