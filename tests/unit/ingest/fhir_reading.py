# SPDX-License-Identifier: Apache-2.0
"""AuditEvents given as members or text, read as rows or as their fates."""

from __future__ import annotations

from pathlib import Path

from tests.unit.ingest.audit_scenes import Members, written
from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.interface import Sample

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
