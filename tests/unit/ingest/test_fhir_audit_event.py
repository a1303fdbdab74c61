# SPDX-License-Identifier: Apache-2.0
"""AuditEvents of every version, in every container, become the same events; nothing is invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.audit_scenes import (
    DICOM,
    Members,
    balp_query,
    balp_read,
    coded,
    encoded,
    machine,
    patient,
    user,
    written,
)
from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.ingest.formats.fhir_audit_event import NEXT_PAGE, FhirAuditEvent
from tocsin.ingest.interface import ReadOptions, Sample
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.read.xml_elements import XmlCutter

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "fhir-audit-event"
FORM = FhirAuditEvent()


def read(event: Members, zone: str | None = None) -> Row:
    [row] = rows_read(FORM, written(event), zone)
    return row


def fates(content: str | bytes) -> list[tuple[object, object]]:
    return [(row["fate"], row["reason"]) for row in rows_read(FORM, content)]


def sample_of(content: str | bytes) -> Sample:
    raw = content if isinstance(content, bytes) else content.encode()
    return Sample("a.json", raw, whole=True)


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
    ("changes", "action"),
    [
        ({"type": {"code": "110114"}, "subtype": [{"code": "110122"}]}, "login"),
        ({"type": {"code": "110114"}, "subtype": [{"code": "110122"}], "outcome": "4"}, "login_failed"),
        ({"type": {"code": "110114"}, "subtype": [{"code": "110123"}]}, "logout"),
        ({"type": {"code": "110114"}, "subtype": None}, "other"),
        ({"type": {"code": "110106"}}, "export"),
        ({"type": {"code": "110112"}, "subtype": None, "action": "E"}, "search"),
        ({"subtype": [{"code": "vread"}]}, "read"),
        ({"subtype": [{"code": "search"}], "action": "E"}, "search"),
        ({"subtype": [{"code": "create"}], "action": "C"}, "create"),
        ({"subtype": [{"code": "patch"}], "action": "U"}, "update"),
        ({"subtype": [{"code": "delete"}], "action": "D"}, "delete"),
        ({"subtype": [{"code": "transaction", "display": "read"}], "action": "E"}, "other"),
        ({"type": {"code": "110100"}, "subtype": [{"code": "110120"}], "action": "E"}, "other"),
        ({"type": {"code": "110113"}, "subtype": [{"code": "110137"}], "action": "E"}, "admin"),
        ({"subtype": None, "action": "U"}, "update"),
        ({"subtype": None, "action": None}, "other"),
    ],
)
def test_action_is_told_by_codes_before_the_letter(changes: Members, action: str) -> None:
    assert read(balp_read(**changes))["action"] == action


@pytest.mark.parametrize(
    ("outcome", "word", "status"),
    [
        ("0", "success", "0"),
        ("4", "failure", "4"),
        ("8", "failure", "8"),
        ("12", "failure", "12"),
        (None, "unknown", None),
        ("odd", "unknown", "odd"),
        ({"code": {"code": "success"}}, "success", "success"),
        ({"code": {"code": "warning"}}, "unknown", "warning"),
    ],
)
def test_outcome_that_is_not_told_is_not_guessed(outcome: object, word: str, status: str | None) -> None:
    row = read(balp_read(outcome=outcome))
    assert (row["outcome"], row["status"]) == (word, status)


@pytest.mark.parametrize(
    ("who", "account"),
    [
        ({"who": {"identifier": {"value": "a1"}, "reference": "Practitioner/x"}}, "a1"),
        ({"who": {"reference": "https://s/fhir/Practitioner/x/_history/4"}}, "x"),
        ({"who": {"reference": "urn:uuid:1-2"}}, "urn:uuid:1-2"),
        ({"who": {"reference": "#here"}}, "c9"),
        ({"who": {"reference": "#nowhere"}, "altId": "alt"}, "alt"),
        ({"who": None, "altId": "alt", "name": "N"}, "alt"),
        ({"who": {"display": "John Synthetic"}}, "John Synthetic"),
        ({"who": None}, None),
        ({"requestor": False}, None),
        ({"requestor": None}, None),
    ],
)
def test_account_is_the_requestor_and_nobody_else(who: Members, account: str | None) -> None:
    contained = [{"resourceType": "Practitioner", "id": "here", "identifier": [{"value": "c9"}]}]
    row = read(balp_read(contained=contained, agent=[machine("110152", "192.0.2.1"), {**user(), **who}]))
    assert row["account"] == account


def test_person_is_preferred_among_several_requestors() -> None:
    agents = [
        machine("110152", "192.0.2.1", requestor=True),
        {"who": {"display": "J"}, "requestor": True},
        user(),
    ]
    assert read(balp_read(agent=agents))["account"] == "p7"
    assert read(balp_read(agent=agents[:2]))["account"] == "J"


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ({"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "810001234567"}, "810001234567"),
        ({"system": "https://rpps.esante.gouv.fr", "value": "10001234567"}, "10001234567"),
        ({"type": coded("ADELI"), "value": "750000001"}, "750000001"),
        ({"system": "https://idp.example", "value": "u1"}, None),
    ],
)
def test_professional_is_told_by_the_authority_of_the_identifier(
    identifier: Members, number: str | None
) -> None:
    assert read(balp_read(agent=[user(who={"identifier": identifier})]))["professional_id"] == number


def test_organisation_is_the_users_own() -> None:
    agents = [
        user(),
        {"type": coded("PROV"), "who": {"identifier": {"value": "750000018"}, "display": "Hospital"}},
    ]
    assert read(balp_read(agent=agents))["organisation"] == "750000018"
    agents[1] = {"who": {"reference": "Organization/o3"}}
    assert read(balp_read(agent=agents))["organisation"] == "o3"


@pytest.mark.parametrize(
    ("network", "address", "name"),
    [
        ({"address": "192.0.2.4", "type": "2"}, "192.0.2.4", None),
        ({"address": "[2001:DB8::1]:443", "type": "2"}, "2001:db8::1", None),
        ({"address": "ward-pc", "type": "1"}, None, "ward-pc"),
        ({"address": "https://a.example/", "type": "5"}, None, "https://a.example/"),
        ({"address": "+33199000000", "type": "3"}, None, "+33199000000"),
        (None, "2001:db8::7", None),
    ],
)
def test_address_is_the_requestors_or_the_clients(
    network: object, address: str | None, name: str | None
) -> None:
    row = read(balp_read(agent=[machine("110152", "2001:db8::7"), {**user(), "network": network}]))
    assert (row["address"], row["network"]) == (address, name)


def test_client_is_the_source_of_a_query_and_the_destination_of_a_read() -> None:
    agents = [machine("110152", "192.0.2.52"), machine("110153", "192.0.2.53"), user()]
    assert read(balp_read(agent=agents))["client"] == "machine-110152"
    assert read(balp_query("Patient", agent=agents))["client"] == "machine-110153"


def test_server_is_not_taken_for_the_client_under_balp() -> None:
    row = read(balp_read(agent=[machine("110153", "https://server.example", "5"), user()]))
    assert (row["client"], row["network"]) == (None, None)
    row = read(balp_read(meta=None, agent=[machine("110153", "192.0.2.53"), user()]))
    assert (row["client"], row["address"]) == ("machine-110153", "192.0.2.53")


def test_same_person_named_twice_is_one() -> None:
    row = read(
        balp_read(entity=[patient("Patient/P1"), patient("Patient/P1/_history/9", role={"code": "4"})])
    )
    assert (row["person"], row["persons"], row["flags"]) == ("P1", None, None)


def test_several_persons_are_a_list() -> None:
    row = read(balp_read(entity=[patient("Patient/P1"), patient("Patient/P2")]))
    assert (row["person"], row["persons"]) == (None, ["P1", "P2"])


def test_identifiers_of_several_authorities_are_one_person() -> None:
    entities = [
        {"what": {"identifier": {"value": "27^^^MPI&1.2.3&ISO^PI"}}, "role": {"code": "1"}},
        {"what": {"identifier": {"system": "urn:oid:4.5.6", "value": "781"}}, "role": {"code": "1"}},
    ]
    row = read(balp_read(entity=entities))
    assert (row["person"], row["person_domain"], row["persons"]) == ("27", "1.2.3", None)
    assert row["flags"] == ["several_identifiers"]


def test_repeated_identifier_field_is_one_person() -> None:
    entity = {"what": {"identifier": {"value": "27^^^MPI&1.2.3&ISO~9^^^X"}}, "role": {"code": "1"}}
    row = read(balp_read(entity=[entity]))
    assert (row["person"], row["flags"]) == ("27", ["several_identifiers"])


def test_person_that_is_a_professional_is_no_patient() -> None:
    entity = {"what": {"reference": "Practitioner/x"}, "type": {"code": "1"}, "role": {"code": "15"}}
    assert read(balp_read(entity=[entity]))["person"] is None


@pytest.mark.parametrize(
    ("sent", "kind", "target"),
    [
        ("https://s.example/r4/Patient?name=%C3%A9", "Patient", "/r4/Patient"),
        ("GET /r4/Observation/_search?code=1 HTTP/1.1\nAccept: x", "Observation", "/r4/Observation/_search"),
        ("POST /fhir/Patient/$match HTTP/1.1\nHost: x\n\nname=a", "Patient", "/fhir/Patient/$match"),
        ("Encounter?participant=13", "Encounter", "Encounter"),
        ("MSH|^~\\&|A|B\rQPD|x", None, None),
        ('<?xml version="1.0"?><query/>', None, None),
    ],
)
def test_query_is_decoded_and_its_path_is_what_was_asked_for(
    sent: str, kind: str | None, target: str | None
) -> None:
    row = read(balp_query(sent))
    assert (row["action"], row["query"], row["object_type"], row["object"]) == ("search", sent, kind, target)
    assert (row["record_type"], row["flags"]) == (None, None)


def test_query_that_is_not_base64_is_kept_and_flagged() -> None:
    for sent in ("not base64!", encoded("é")[:-1], "/////w=="):
        event = balp_query("x")
        event["entity"] = [{"role": {"code": "24"}, "query": sent}]
        row = read(event)
        assert (row["query"], row["flags"]) == (sent, ["query_not_base64"])


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        ({"recorded": None}, ("set_aside", "no_time")),
        ({"recorded": "2024-05-02"}, ("set_aside", "no_time")),
        ({"recorded": "2024-05-02T10:00:00"}, ("set_aside", "no_zone")),
        ({"recorded": "2024-05-02T10:00:00", "period": {"start": "2024-05-02T09:59:00Z"}}, ("event", "")),
        ({"period": {"start": "2024-05"}}, ("event", "")),
        ({"resourceType": "Provenance"}, ("non_event", "not_audit_resource")),
        ({"resourceType": None}, ("non_event", "not_audit_resource")),
    ],
)
def test_record_that_is_no_event_says_why(changes: Members, fate: tuple[str, str]) -> None:
    row = read(balp_read(**changes))
    assert (row["fate"], row["reason"]) == fate


def test_bundle_among_lines_is_set_aside_since_its_events_were_not_cut_out() -> None:
    events = [balp_read(id=str(number)) for number in range(500)]
    lines = written(*events, {"resourceType": "Bundle", "entry": [{"resource": balp_read()}]})
    assert len(lines) > 64 << 10
    assert fates(lines)[-1] == ("set_aside", "bundle")


def test_zone_given_holds_for_times_without() -> None:
    row = read(balp_read(recorded="2024-05-02T10:00:00"), "Europe/Paris")
    assert row["occurred_at"] == datetime(2024, 5, 2, 8, tzinfo=UTC)


def test_clocks_may_differ_by_five_minutes() -> None:
    period = {"start": "2024-05-02T07:55:00.250Z"}
    assert read(balp_read(period=period))["flags"] is None
    assert read(balp_read(period={"start": "2024-05-02T07:54:59.250Z"}))["flags"] == ["clock_disagrees"]


def test_broken_line_costs_only_itself_and_keeps_what_was_whole() -> None:
    line = written(balp_read(id="e2")).strip()
    rows = rows_read(
        FORM, line[: line.index('"entity"')] + "\n" + line + "\n\n" + line.replace("e2", "e3") + "\nnull\n"
    )
    assert [(row["fate"], row["reason"]) for row in rows] == [
        ("set_aside", "broken"),
        ("event", ""),
        ("non_event", "blank"),
        ("event", ""),
        ("set_aside", "broken"),
    ]
    assert rows[0]["account"] == "p7"


def test_broken_bundle_yields_its_good_events() -> None:
    whole = json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": balp_read(id=str(n))} for n in range(3)]}
    )
    assert fates(whole[:-400]) == [("event", ""), ("event", ""), ("set_aside", "broken")]


def test_bytes_that_are_not_utf8_do_not_break_the_json() -> None:
    raw = written(balp_read(id="\\é")).encode().replace("é".encode(), b"\xe9")
    [row] = rows_read(FORM, raw)
    assert (row["fate"], row["flags"], row["account"]) == ("event", ["bad_encoding"], "p7")
    assert json.loads(str(row["detail"]))["id"] == "\\\\xe9"


def test_members_of_the_wrong_type_break_nothing() -> None:
    odd = balp_read(
        agent={"who": 1}, entity="x", period=[], outcome=0, source=3, subtype=7, contained={}, meta=[]
    )
    row = read(odd)
    assert (row["fate"], row["account"], row["person"], row["status"]) == ("event", None, None, "0")


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


def test_damaged_sample_accounts_for_every_record() -> None:
    assert fates((SAMPLES / "damaged.json").read_bytes()) == [
        ("event", ""),
        ("non_event", "not_audit_resource"),
        ("set_aside", "no_time"),
        ("set_aside", "broken"),
    ]


def test_neighbour_is_refused() -> None:
    content = (SAMPLES / "neighbour.json").read_bytes()
    assert FORM.sniff(sample_of(content)).value == 0
    for other in ("", "hello", "<html/>", '{"a": 1}', "<AuditMessage/>"):
        assert FORM.sniff(sample_of(other)).value == 0
