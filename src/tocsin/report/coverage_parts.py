# SPDX-License-Identifier: Apache-2.0
"""What the report says of what the logs lack, and of who could not work meanwhile."""

from __future__ import annotations

import json
from typing import Final

from tocsin.report.figures import Row, Sheet

FINDINGS_LISTED: Final = 30
"""Of one source and test; how many there are is told."""


def put_coverage(sheet: Sheet) -> None:
    """coverage: each finding of a test of completeness, with what it means."""
    findings = [_finding(row) for row in sheet.ask("coverage_found", most=FINDINGS_LISTED)]
    sheet.put("coverage", findings, "coverage_found")


def _finding(row: Row) -> Row:
    return {
        "source": row["source"],
        "node": row["node"],
        "test": row["test"],
        "from": row["from_at"],
        "until": row["until_at"],
        "is_hole": row["is_hole"],
        "most_records": row["most_records"],
        "in_all": row["in_all"],
        "figures": json.loads(row["figures"]),
        "text": {"fr": row["fr"], "en": row["en"]},
    }


def put_availability(sheet: Sheet) -> None:
    """availability: the outages, source by source."""
    outages = [
        {
            "source": row["source"],
            "from": row["from_at"],
            "until": row["until_at"],
            "hours": row["hours"],
            "hours_lost": row["hours_lost"],
            "refused": row["refused"],
            "accounts": row["accounts"],
            "addresses": row["addresses"],
        }
        for row in sheet.ask("outages_found")
    ]
    sheet.put("availability", {"outages": outages}, "outages_found")
