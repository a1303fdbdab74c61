# SPDX-License-Identifier: Apache-2.0
"""Appointments, encounters and care teams out of FHIR R4: alone, in a Bundle, one a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.made_case import HEAD, rows_of
from tests.unit.ingest.hl7_writing import CHU, PATIENTS, message, pid, read, segment
from tocsin.core.errors import InputError
from tocsin.core.settings.inputs import RegistrySettings
from tocsin.ingest.relation_warnings import relation_warnings
from tocsin.ingest.run import run
from tocsin.store.case import Case

Json = dict[str, object]


def to(reference: str) -> Json:
    return {"reference": reference}


PATIENT: Json = {
    "resourceType": "Patient",
    "id": "1",
    "identifier": [{"system": f"urn:oid:{CHU}", "value": "P1"}, {"system": "LABO", "value": "L7"}],
}
DOCTOR: Json = {
    "resourceType": "Practitioner",
    "id": "a",
    "identifier": [{"value": "zz"}, {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "10001234567"}],
}
ROLE: Json = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": to("Practitioner/a"),
    "organization": {"identifier": {"value": "CARDIO"}},
}


def appointment(*actors: str, status: str = "booked", updated: str = "2024-06-01T00:00:00Z") -> Json:
    return {
        "resourceType": "Appointment",
        "id": "A",
        "meta": {"lastUpdated": updated},
        "status": status,
        "start": "2024-06-10T09:00:00+02:00",
        "participant": [{"actor": to(actor), "status": "accepted"} for actor in actors],
    }


def encounter(**more: object) -> Json:
    return {
        "resourceType": "Encounter",
        "id": "E",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": to("Patient/1"),
        "participant": [{"individual": to("Practitioner/a")}],
        "period": {"start": "2024-06-01", "end": "2024-06-03"},
        **more,
    }


def bundle(*resources: Json) -> str:
    entries = [
        {"fullUrl": r.get("url") or f"https://h/fhir/{r['resourceType']}/{r.get('id')}", "resource": r}
        for r in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def lines(*resources: Json) -> str:
    return "".join(json.dumps(resource) + "\n" for resource in resources)


@pytest.mark.parametrize("written", [bundle, lines], ids=["bundle", "ndjson"])
def test_role_is_its_practitioner_and_its_organisation(tmp_path: Path, written: object) -> None:
    told = appointment("Patient/1", "https://h/fhir/PractitionerRole/r/_history/2", "Location/9")
    text = written(told, PATIENT, DOCTOR, ROLE)  # type: ignore[operator]
    rows, fates = read(tmp_path, "fhir", text, registries=[PATIENTS])
    assert {(row.get("professional_id"), row.get("organisation")) for row in rows} == {
        ("10001234567", None),
        (None, "CARDIO"),
    }
    assert {(row["person"], row["from"], row["kind"]) for row in rows} == {
        ("P1", datetime(2024, 5, 11, 7, tzinfo=UTC), "appointment")
    }
    assert fates[("relation", "Appointment")] == 1
    assert sum(fates.values()) == 4


def test_resource_alone_is_read_and_the_server_id_is_the_local_id_when_no_domain_is_declared(
    tmp_path: Path,
) -> None:
    text = json.dumps(appointment("Patient/P1", "Practitioner/dr.b"), indent=1)
    [row], _ = read(tmp_path, "fhir", text, registries=[RegistrySettings(name="patients", columns={})])
    assert (row["registry"], row["person"], row["account"]) == ("patients", "P1", "dr.b")


def test_reference_by_urn_is_resolved_within_the_bundle(tmp_path: Path) -> None:
    urn = "urn:uuid:11111111-2222-3333-4444-555555555555"
    doctor: Json = {"resourceType": "Practitioner", "url": urn, "identifier": [{"value": "dr.b"}]}
    [row], _ = read(
        tmp_path, "fhir", bundle(appointment("Patient/1", urn), PATIENT, doctor), registries=[PATIENTS]
    )
    assert row["account"] == "dr.b"


def test_last_day_of_a_stay_belongs_to_it(tmp_path: Path) -> None:
    [row], _ = read(tmp_path, "fhir", lines(encounter(), PATIENT, DOCTOR), registries=[PATIENTS])
    assert (row["from"], row["until"]) == (
        datetime(2024, 5, 31, 22, tzinfo=UTC),
        datetime(2024, 6, 3, 22, tzinfo=UTC),
    )


def test_care_team_names_persons_and_members_by_identifier(tmp_path: Path) -> None:
    team: Json = {
        "resourceType": "CareTeam",
        "id": "T",
        "status": "active",
        "subject": {"identifier": {"system": f"urn:oid:{CHU}", "value": "P2"}},
        "participant": [
            {"member": {"type": "Practitioner", "identifier": {"value": "dr.b"}}},
            {
                "member": {"type": "Practitioner", "identifier": {"value": "dr.a"}},
                "period": {"end": "2024-06"},
            },
            {"member": to("RelatedPerson/3")},
        ],
    }
    rows, _ = read(tmp_path, "fhir", json.dumps(team), registries=[PATIENTS])
    assert {(row["account"], row.get("until")) for row in rows} == {
        ("dr.b", None),
        ("dr.a", datetime(2024, 6, 30, 22, tzinfo=UTC)),
    }


def test_later_version_holds_and_what_is_no_relation_is_counted(tmp_path: Path) -> None:
    booked = appointment("Patient/1", "Practitioner/a")
    cancelled = appointment("Patient/1", "Practitioner/a", status="cancelled", updated="2024-06-02T00:00:00Z")
    wrong = encounter(id="W", status="entered-in-error")
    nobody = encounter(id="N", participant=[])
    lost = encounter(id="L", subject=to("Patient/77"))
    text = lines(cancelled, booked, wrong, nobody, lost, PATIENT, DOCTOR) + "{broken\n"
    second = RegistrySettings(name="other", columns={}, domain="9.9")
    rows, fates = read(tmp_path, "fhir", text, registries=[PATIENTS, second])
    assert rows == []
    assert fates == {
        ("not_relation", "superseded"): 1,
        ("not_relation", "cancelled"): 2,
        ("not_relation", "nobody"): 1,
        ("not_relation", "Patient"): 1,
        ("not_relation", "Practitioner"): 1,
        ("set_aside", "unknown_authority"): 1,
        ("set_aside", "broken"): 1,
    }


CASE = f"""
[[registries]]
name = "patients"
paths = ["patients.csv"]
domain = "{CHU}"
columns = {{ person = "id" }}

[[accounts]]
paths = ["accounts.csv"]
[accounts.columns]
account = "login"
professional_id = "rpps"
role = "role"
active_from = "from"
active_until = "until"

[[relations]]
name = "interface"
paths = ["messages/*"]

[[relations]]
name = "agenda"
paths = ["agenda.ndjson"]
"""
DIRECTORY = """login,rpps,role,from,until
dr.a,10001234567,doctor,2024-01-01,2024-06-15
dr.a.new,10001234567,doctor,2024-06-15,
dr.b,10009999998,doctor,2024-01-01,2024-06-15
dr.b,10009999998,,2024-06-01,
dr.c,3,doctor,2024-06-01,2024-05-01
dr.c,3,doctor,2024-06-01,2024-05-01
"""


def case_of(folder: Path) -> Case:
    visit = segment("PV1", _2="I", _7="10001234567", _19="V1")
    (folder / "messages").mkdir()
    (folder / "messages" / "1.hl7").write_text(
        message("ADT^A01", pid("P1"), visit) + message("ORU^R01"), "utf-8"
    )
    (folder / "agenda.ndjson").write_text(lines(encounter(), PATIENT, DOCTOR), "utf-8")
    (folder / "patients.csv").write_text("id\nP1\n", "utf-8")
    (folder / "accounts.csv").write_text(DIRECTORY, "utf-8")
    (folder / "case.toml").write_text(HEAD + CASE, "utf-8")
    return Case(folder, by="tests")


def test_messages_of_a_case_are_recognised_counted_and_told_with_what_is_odd_in_the_directory(
    tmp_path: Path,
) -> None:
    with case_of(tmp_path) as case:
        run(case)
        told = {
            (row["relations"], row["fate"], row["reason"]): row["messages"]
            for row in rows_of(case, "relation_messages")
        }
        said = {(code, text[0]): text[1] for code, text, _ in relation_warnings(case)}
        people = {(row["relations"], row["person"]) for row in rows_of(case, "relations")}
    assert people == {("interface", "P1"), ("agenda", "P1")}
    assert told[("interface", "relation", "ADT^A01")] == told[("interface", "not_relation", "ORU^R01")] == 1
    [values] = [v for (code, _), v in said.items() if code == "relation_messages" and v["messages"] == 2]
    assert (values["relation"], values["set_aside"], values["types"]) == (1, 0, " (ORU^R01 1)")
    directory = {
        text.removesuffix(": {rows}."): v["rows"] for (code, text), v in said.items() if code == "directory"
    }
    assert directory == {
        "Rows of the directory that stand twice": 1,
        "Rows of the directory that overlap an earlier one of the same account, all of which hold": 1,
        "Accounts that follow another one of the same professional, renamed or given anew": 1,
        "Rows of the directory that end before they begin": 1,
        "Accounts of the directory without a role": 1,
    }


def test_files_of_two_kinds_in_one_relation_are_refused(tmp_path: Path) -> None:
    with case_of(tmp_path) as case:
        (tmp_path / "messages" / "2.json").write_text(json.dumps(encounter()), "utf-8")
        with pytest.raises(InputError, match="mix kinds"):
            run(case)
