# SPDX-License-Identifier: Apache-2.0
"""What each column of an AuditEvent says, of whom; nothing is invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.ingest.audit_scenes import (
    Members,
    balp_query,
    balp_read,
    coded,
    encoded,
    machine,
    patient,
    user,
)
from tests.unit.ingest.fhir_reading import read


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


def test_zone_given_holds_for_times_without() -> None:
    row = read(balp_read(recorded="2024-05-02T10:00:00"), "Europe/Paris")
    assert row["occurred_at"] == datetime(2024, 5, 2, 8, tzinfo=UTC)


def test_clocks_may_differ_by_five_minutes() -> None:
    period = {"start": "2024-05-02T07:55:00.250Z"}
    assert read(balp_read(period=period))["flags"] is None
    assert read(balp_read(period={"start": "2024-05-02T07:54:59.250Z"}))["flags"] == ["clock_disagrees"]


def test_members_of_the_wrong_type_break_nothing() -> None:
    odd = balp_read(
        agent={"who": 1}, entity="x", period=[], outcome=0, source=3, subtype=7, contained={}, meta=[]
    )
    row = read(odd)
    assert (row["fate"], row["account"], row["person"], row["status"]) == ("event", None, None, "0")
