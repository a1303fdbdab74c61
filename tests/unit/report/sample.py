# SPDX-License-Identifier: Apache-2.0
"""A whole report: the golden one, with what the page needs beyond the contract, and a hostile one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\"'{{ 7 * 7 }}[bold]"


def golden_report() -> dict[str, Any]:
    """The counts of tests/golden/expected, and a value for each thing that is left open there."""
    text = (Path(__file__).parent / "golden_report.json").read_text("utf-8")
    return dict(json.loads(text))


def hostile_report() -> dict[str, Any]:
    """The golden report, with the same hostile text wherever text from outside can stand."""
    report = golden_report()
    report |= {"case": HOSTILE, "title": HOSTILE, "open_questions": [HOSTILE], "what_would_change": [HOSTILE]}
    report["accounts"] = [
        {
            "account": HOSTILE,
            "rank": 1,
            "p": None,
            "verdict": HOSTILE,
            "origin": HOSTILE,
            "reasons": [HOSTILE],
        },
        {
            "account": "x",
            "reasons": [{"code": HOSTILE, "values": {HOSTILE: HOSTILE}}, {"fr": HOSTILE, "en": HOSTILE}],
        },
    ]
    report["accounting"][0] |= {"source": HOSTILE, "reasons": {HOSTILE: 3}, "custody": HOSTILE}
    report["campaigns"][0]["members"][0]["account"] = HOSTILE
    report["campaigns"][0]["joined_by"][0] |= {"kind": HOSTILE, "name": HOSTILE}
    report["split"]["accounts"][0]["account"] = HOSTILE
    report["split"]["cut"]["why"] = HOSTILE
    report["claims"] = [
        {"id": f"no_from:{HOSTILE}:{HOSTILE}", "grade": HOSTILE, "basis": [HOSTILE], "exceptions": [HOSTILE]},
        {"id": "no:finance.bank", "grade": "proven", "hypotheses": [{"id": "H1", "text": HOSTILE}]},
    ]
    report["categories"][HOSTILE] = {
        "persons": {"floor": 1, "best": 1, "ceiling": 1},
        "protection": [HOSTILE],
    }
    report["categories"]["other"] = {"data_from": HOSTILE, "data_until": HOSTILE}
    report["unresolved"] = [{"reason": HOSTILE, "events": 3, "bound": None}]
    report["nothing_shown"] = {HOSTILE: 13}
    report["controllers"] = {"count": 1, "largest": [{"name": HOSTILE, "persons": 1}, HOSTILE]}
    report["counts"]["persons"] |= {"ceiling": None, "ceiling_reason": HOSTILE}
    report["counts"][f"records:{HOSTILE}"] = {"floor": 1, "best": 1, "ceiling": 1}
    report["shares"] = [{"unit": HOSTILE, "count": 1, "total": 2}]
    report["modifications"] = {HOSTILE: {"floor": 1, "best": 1, "ceiling": 1}}
    report["declared"] = {HOSTILE: {"value": 1, "certainty": HOSTILE, "basis": HOSTILE}}
    report["certainties"] = {HOSTILE: 1}
    report["figures"] = {HOSTILE: {"value": HOSTILE, "query": HOSTILE, "inputs": HOSTILE}}
    report["run"] = {HOSTILE: HOSTILE}
    return report
