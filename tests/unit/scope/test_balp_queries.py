# SPDX-License-Identifier: Apache-2.0
"""Searches of a FHIR server as IHE BALP audits them: the request in base64, nobody of whom it found.

https://profiles.ihe.net/ITI/BALP/: Query and PatientQuery, entity role 24.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.ingest.audit_scenes import balp_query, written
from tests.unit.ingest.scenes import Scene
from tocsin.scope.run import run
from tocsin.store.case import Case

SETTINGS = """
[[sources]]
name = "fhir"
paths = ["audit.ndjson"]
custody = "outside"

[[registries]]
name = "patients"
paths = ["patients.csv"]
[registries.columns]
person = "id"
family_name = "family"
given_names = "given"

[catalogue]
path = "catalogue.toml"

[[known]]
source = "fhir"
"""
RULE = """
[[shows]]
source = "fhir"
action = "search"
object_type = "Patient"
registry = "patients"
parameters = { family = "query:family", count = { from = "query:_count", default = "2" } }
replay = '''
select person from patients where starts_with(lower(family_name), lower($family))
order by person limit cast($count as integer)'''
collation = "binary"
categories = ["identity.name", "identity.birth_date"]
"""
PATIENTS = "id,family,given\n1,Durand,Ana\n2,DURANDAL,Bo\n3,Durand,Cé\n4,Élie,Di\n"
HEADERS = "\r\nHost: fhir.example.org\r\nContent-Type: application/x-www-form-urlencoded; fhirVersion=4.0\r\n"


def found(
    folder: Path, *requests: str, rule: str = RULE
) -> tuple[dict[int, set[str]], dict[int, tuple[str, object]]]:
    """Persons shown, and (reason, bound) of what is unresolved, by the request's number."""
    scene = Scene(folder / "case", SETTINGS)
    scene.write("patients.csv", PATIENTS)
    scene.write("catalogue.toml", rule)
    scene.write("audit.ndjson", written(*(balp_query(sent, id=f"q{n}") for n, sent in enumerate(requests))))
    scene.ingest()
    with Case(scene.folder, by="tests") as case:
        run(case)
        order = {row["event_id"]: n for n, row in enumerate(rows_of(case, "events"))}
        shown: dict[int, set[str]] = {}
        for row in rows_of(case, "disclosures"):
            shown.setdefault(order[row["event_id"]], set()).add(str(row["person"]))
        open_ = {order[r["event_id"]]: (str(r["reason"]), r["bound"]) for r in rows_of(case, "unresolved")}
    return shown, open_


def test_search_without_its_results_shows_whom_its_request_finds(tmp_path: Path) -> None:
    shown, unresolved = found(
        tmp_path,
        "https://fhir.example.org/r4/Patient?family=durand&_count=10",
        "GET https://fhir.example.org/r4/Patient?_count=10&family=durand"
        + HEADERS
        + "X-Request-Id: a?family=x",
        "POST /r4/Patient/_search HTTP/1.1" + HEADERS + "\r\nfamily=%C3%89lie&_count=5\r\n",
        "POST /r4/Patient/_search?_count=1 HTTP/1.1\nHost: x\n\nfamily=durand",
        "Patient?family=durand",
    )
    assert shown == {0: {"1", "2", "3"}, 1: {"1", "2", "3"}, 2: {"4"}, 3: {"1"}, 4: {"1", "2"}}
    assert unresolved == {}


@pytest.mark.parametrize(
    ("request_sent", "bound"),
    [
        ("GET https://fhir.example.org/r4/Patient?given=ana&_count=7" + HEADERS, 7),
        ("POST /r4/Patient/_search HTTP/1.1" + HEADERS + '\r\n{"family":"durand"}', 2),
        ("POST /r4/Patient/_search HTTP/1.1" + HEADERS, 2),
    ],
)
def test_search_without_its_criteria_is_unresolved_with_the_bound_of_its_page(
    tmp_path: Path, request_sent: str, bound: int
) -> None:
    assert found(tmp_path, request_sent) == ({}, {0: ("missing_parameter", bound)})


def test_search_that_no_rule_replays_is_unresolved_and_without_a_bound(tmp_path: Path) -> None:
    shown, unresolved = found(tmp_path, "Patient?family=%C3%A9lie", "Observation?patient=1")
    assert (shown, unresolved) == ({0: {"4"}}, {1: ("no_rule", None)})


def test_search_whose_request_is_no_text_is_unresolved_as_a_bad_parameter(tmp_path: Path) -> None:
    assert found(tmp_path, "GET /r4/Patient?family=%E9lie") == ({}, {0: ("bad_parameter", 2)})
