# SPDX-License-Identifier: Apache-2.0
"""What the audit formats read in a quick way says the same as what it stands for: the action, the JSON."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pyarrow as pa

from tocsin.ingest.extract import extract
from tocsin.ingest.formats.audit_sql import ADMIN, READS, SEARCHES, action_sql
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.interface import Extraction, ReadOptions, Sample
from tocsin.store.engine import Engine

Row = tuple[object, ...]

_ORDER = (
    (("110122",), "login"),
    (("110123",), "logout"),
    (("110114",), "other"),
    (("110106",), "export"),
    (("110112", *SEARCHES), "search"),
    (READS, "read"),
    (("create",), "create"),
    (("update", "patch"), "update"),
    (("delete",), "delete"),
    (ADMIN, "admin"),
)
_LETTERS = {"C": "create", "R": "read", "U": "update", "D": "delete"}
_LOGINS = ("110122", "110114")


def action_of(codes: tuple[str, ...], letter: str | None, outcome: str) -> str:
    """The rule, one code after the other."""
    for names, word in _ORDER:
        if any(code in names for code in codes):
            is_login = bool({*codes} & {*_LOGINS} & {*names})
            return "login_failed" if is_login and outcome == "8" else word
    return _LETTERS.get(letter or "", "other")


def test_action_is_that_of_the_first_code_known_when_an_event_has_several() -> None:
    known = [code for names, _ in _ORDER for code in names]
    others = ["110110", "110120", "1101", "searching", "rest", "reading"]
    every = [(), *((code,) for code in (*known, *others)), *itertools.permutations((*known, *others), 2)]
    asked = [
        (codes, letter, outcome)
        for codes in every
        for letter in (None, "C", "R", "U", "D", "E")
        for outcome in ("0", "8")
    ]
    written = ["".join(f'{{"system":"s","code":"{code}"}}' for code in codes) for codes, _, _ in asked]
    rows = pa.table(
        {
            "codes": pa.array(written, pa.string()),
            "letter": pa.array([letter for _, letter, _ in asked], pa.string()),
            "outcome_code": pa.array([outcome for _, _, outcome in asked], pa.string()),
            "query_sent": pa.nulls(len(asked), pa.string()),
        }
    )
    with Engine(memory="256MiB", threads=1) as engine:
        engine.register("events", rows)
        found = [word for (word,) in engine.rows(f"select {action_sql()} from events")]
    assert found == [action_of(*one) for one in asked]


def read(extraction: Extraction, lines: list[str]) -> list[Row]:
    form, content = FhirAuditEvent(), "\n".join(lines).encode()
    batches = form.cutter(Sample("a", content, whole=True), ReadOptions()).cut(iter([content]))
    with Engine(memory="256MiB", threads=1) as engine:
        extract(engine, extraction, form.convert(pa.Table.from_batches(list(batches))))
        return engine.rows("select * from cut order by byte_offset")


def test_audit_events_are_read_alike_when_all_are_json_and_when_one_is_not() -> None:
    """The hopeful statement, the one that follows where it fails, and the careful one alone."""
    event = {
        "resourceType": "AuditEvent",
        "recorded": "2024-06-11T08:00:00Z",
        "agent": [{"who": {"display": "Sœur Odile"}, "requestor": True}],
        "entity": [
            {"what": {"reference": "Patient/1"}},
            {"what": {"reference": "#c"}, "role": {"code": "1"}},
        ],
        "contained": [{"resourceType": "Patient", "id": "c", "identifier": [{"value": "77"}]}],
    }
    one = {**event, "entity": event["entity"][:1], "contained": None}
    lines = [json.dumps(document, ensure_ascii=False) for document in (event, one, {**one, "agent": []})]
    hopeful = FhirAuditEvent().extraction(ReadOptions())
    careful = replace(hopeful, hopeful=None)
    for given in (lines, [*lines, '{"resourceType":"AuditEvent"', "[]", *lines]):
        assert read(hopeful, given) == read(careful, given)
    assert {row[0] for row in read(hopeful, lines)}
