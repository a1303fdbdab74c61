# SPDX-License-Identifier: Apache-2.0
"""Real audit events that nobody here wrote: every figure of expected.json, through the formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.ingest.formats.atna_audit_message import AtnaAuditMessage
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.interface import Sample

FHIR = "fhir-auditevent"
ATNA = "atna-dicom"
ACTIONS = {
    "example-disclosure": "export",
    "example-error": "create",
    "example-login": "login",
    "example-logout": "logout",
    "example-media": "export",
    "example-pixQuery": "search",
    "example-rest": "read",
    "example-search": "search",
    "example": "other",
    "TDEAuditEventExample": "read",
    "TDEAuditEventExample-2": "read",
}


@pytest.fixture(scope="session")
def samples(shared: Path) -> Path:
    return shared / "samples"


@pytest.fixture(scope="session")
def expected(samples: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((samples / "expected.json").read_text("utf-8"))
    return found


def names(expected: dict[str, dict[str, object]], folder: str) -> list[str]:
    return [name for name in expected if name.startswith(f"{folder}/")]


def instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text)).astimezone(UTC)


def bare(text: str) -> str:
    return text.split("^", maxsplit=1)[0].split("/_history/", maxsplit=1)[0].rpartition("/")[2]


def outcome_of(code: object) -> str:
    return {"0": "success", None: "unknown"}.get(None if code is None else str(code), "failure")


def read(samples: Path, name: str) -> list[Row]:
    form = FhirAuditEvent() if name.startswith(FHIR) else AtnaAuditMessage()
    content = (samples / name).read_bytes()
    confidence = form.sniff(Sample(name, content, whole=True))
    assert confidence.value >= 0.6, name
    return rows_read(form, content)


def members(row: Row) -> dict[str, object]:
    found: dict[str, object] = json.loads(str(row["detail"]))
    return found


def test_every_fhir_figure_is_found(samples: Path, expected: dict[str, dict[str, object]]) -> None:
    for name in names(expected, FHIR):
        facts, rows = expected[name], read(samples, name)
        events = [row for row in rows if row["fate"] == "event"]
        assert len(events) == facts["events"], name
        for row, fact in zip(events, facts.get("list", []), strict=False):
            check_fhir(row, fact)


def check_fhir(row: Row, fact: dict[str, object]) -> None:
    whole = members(row)
    assert whole["id"] == fact["id"]
    assert row["recorded_at"] == instant(fact["recorded_utc"])
    assert (row["status"], row["outcome"]) == (fact["outcome"], outcome_of(fact["outcome"]))
    assert whole.get("action") == fact["action"]
    assert row["action"] == ACTIONS[str(fact["id"])]
    check_requestor(row, fact["requestors"])
    agents: list[dict[str, dict[str, str]]] = whole["agent"]
    assert len(agents) == fact["n_agents"]
    networks = [agent["network"]["address"] for agent in agents if "network" in agent]
    assert networks == fact["network"]
    assert {row["address"], row["network"]} - {None} <= set(networks)
    assert [row["person"]] == ([bare(p) for p in fact["patients"]] or [None])
    assert str(row["query"] or "").startswith(tuple(fact["decoded_queries"]) or "")
    assert (row["query"] is not None) == bool(fact["decoded_queries"])


def check_requestor(row: Row, requestors: list[dict[str, str]]) -> None:
    if not requestors:
        assert (row["account"], row["account_name"]) == (None, None)
        return
    [one] = requestors
    assert row["account"] == one.get("identifier", bare(one.get("reference", "")))
    assert row["account_name"] == one.get("name")


def test_fhir_xml_says_what_its_json_says(samples: Path, expected: dict[str, dict[str, object]]) -> None:
    for name in names(expected, FHIR):
        twin = expected[name].get("same_facts_as")
        if twin is None:
            continue
        [row], [same] = read(samples, name), read(samples, f"{FHIR}/{twin}")
        beside = ("detail", "byte_offset", "line_number", "text")
        left = {key: value for key, value in row.items() if key not in beside}
        right = {key: value for key, value in same.items() if key not in beside}
        if name.endswith("search.xml"):
            # The XML twin leaves the network access point of one agent out.
            left["network"] = right["network"] = None
        assert left == right, name


def test_context_resources_are_no_events(samples: Path, expected: dict[str, dict[str, object]]) -> None:
    for name in names(expected, FHIR):
        if expected[name]["events"] == 0:
            assert [(row["fate"], row["reason"]) for row in read(samples, name)] == [
                ("non_event", "not_audit_resource")
            ]


def test_act_is_dated_by_its_own_time(samples: Path) -> None:
    name = f"{FHIR}/ansforge-tde/derived-json/Bundle-TDEBundleResultatReponseRechercheTracesExample.json"
    rows = read(samples, name)
    assert [row["occurred_at"] for row in rows] == [
        datetime(2026, 1, 7, 9, 30, tzinfo=UTC),
        datetime(2025, 1, 7, 9, 30, tzinfo=UTC),
    ]


def test_every_atna_figure_is_found(samples: Path, expected: dict[str, dict[str, object]]) -> None:
    for name in names(expected, ATNA):
        [row] = read(samples, name)
        assert row["fate"] == "event", name
        check_atna(row, expected[name])


def check_atna(row: Row, fact: dict[str, object]) -> None:
    whole = members(row)
    [event] = whole["EventIdentification"]
    assert row["occurred_at"] == instant(fact["event_time"])
    assert (row["recorded_at"], row["flags"] or []) == (
        None,
        ["several_identifiers"] if len(fact["patients"]) > 1 else [],
    )
    assert (row["status"], row["outcome"]) == (fact["outcome"], outcome_of(fact["outcome"]))
    assert event["EventActionCode"] == fact["action"]
    assert [code["code"] for code in event["EventID"]] == [fact["event_id"]]
    assert [code["code"] for code in event["EventTypeCode"]] == fact["event_type"]
    words = {"110112": "search", "110100": "other", "110110": "create"}
    assert row["action"] == words[str(fact["event_id"])]
    check_participants(row, whole, fact["participants"])
    check_objects(row, whole, fact)


def check_participants(row: Row, whole: dict[str, object], participants: list[dict[str, str]]) -> None:
    found: list[dict[str, str]] = whole["ActiveParticipant"]
    assert [
        {
            "UserID": one.get("UserID"),
            "Alt": one.get("AlternativeUserID"),
            "UserName": one.get("UserName"),
            "requestor": one.get("UserIsRequestor"),
            "net": one.get("NetworkAccessPointID"),
            "nettype": one.get("NetworkAccessPointTypeCode"),
        }
        for one in found
    ] == participants
    [requestor] = [one for one in participants if one["requestor"] == "true"]
    assert row["account"] == requestor["UserID"]
    if requestor["net"] is not None:
        assert row["address"] == requestor["net"]


def check_objects(row: Row, whole: dict[str, object], fact: dict[str, object]) -> None:
    objects: list[dict[str, str]] = whole.get("ParticipantObjectIdentification", [])
    wanted: list[dict[str, str]] = fact["objects"]
    patients: list[dict[str, str]] = fact["patients"]
    assert [one["ParticipantObjectID"] for one in objects] == [one["id"] for one in wanted]
    assert [one["ParticipantObjectTypeCode"] for one in objects] == [one["type"] for one in wanted]
    assert [one["ParticipantObjectTypeCodeRole"] for one in objects] == [one["role"] for one in wanted]
    queries = [one["query"] for one in wanted if one["query"] is not None]
    assert (row["query"] is None) == (not queries)
    assert not queries or str(row["query"]).startswith(queries[0])
    # Two identifiers of one person are one person: the first.
    assert row["person"] == (bare(patients[0]["id"]) if patients else None)
    assert row["persons"] is None
