# SPDX-License-Identifier: Apache-2.0
"""What is no AuditEvent, or broken, is accounted for, and costs nothing beside it."""

from __future__ import annotations

import json

import pytest

from tests.unit.ingest.audit_scenes import Members, balp_read, written
from tests.unit.ingest.fhir_reading import FORM, SAMPLES, fates, read
from tests.unit.ingest.reading_logs import rows_read


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


def test_cut_line_of_dstu2_costs_only_itself() -> None:
    line = json.dumps(
        {
            "resourceType": "AuditEvent",
            "event": {"type": {"code": "rest"}, "dateTime": "2020-01-01T00:00:00Z"},
            "participant": [{"userId": {"value": "u"}, "requestor": True}],
        }
    )
    whole = ("event", "")
    assert fates("\n".join([line, line[:-20], line])) == [whole, ("set_aside", "broken"), whole]


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


def test_damaged_sample_accounts_for_every_record() -> None:
    assert fates((SAMPLES / "damaged.json").read_bytes()) == [
        ("event", ""),
        ("non_event", "not_audit_resource"),
        ("set_aside", "no_time"),
        ("set_aside", "broken"),
    ]
