# SPDX-License-Identifier: Apache-2.0
"""What the report says of the logs and of the scope: accounting, where each event went, accounts, claims."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from tocsin.report.figures import Row, Sheet, by_key

ACCOUNTS_LISTED: Final = 200
FOUND_LISTED: Final = 20
"""Accounts that detection ranks but that are not in scope."""

SCOPE_SUMS: Final = ("events", "acts", "disclosed", "nothing_shown", "unresolved", "set_aside")

HOURS_UP_TO: Final = timedelta(days=4)
DAYS_UP_TO: Final = timedelta(days=400)


def put_accounting(sheet: Sheet) -> None:
    """accounting and gaps by source, and the formats they were read as."""
    settings = {source.name: source for source in sheet.case.settings.sources}
    reasons = by_key(sheet.ask("accounting_reasons"), "source")
    gaps = by_key(sheet.ask("gap_bounds"), "source")
    rows = []
    for sums in sheet.ask("accounting_sums", sources=list(settings)):
        source = sums["source"]
        told = reasons.get(source, [])
        rows.append(
            {key: value for key, value in sums.items() if key != "events_found"}
            | {
                "reasons": _reasons(told, "non_event"),
                "set_aside_reasons": _reasons(told, "set_aside"),
                "custody": settings[source].custody if source in settings else None,
                "gaps": [_gap(gap) for gap in gaps.get(source, [])],
                "adds_up": sums["events"] == sums["events_found"],
            }
        )
    sheet.put("accounting", rows, "accounting_sums")
    for at, row in enumerate(rows):
        sheet.enter(f"accounting.{at}.reasons", row["reasons"], "accounting_reasons")
        sheet.enter(f"accounting.{at}.set_aside_reasons", row["set_aside_reasons"], "accounting_reasons")
        sheet.enter(f"accounting.{at}.gaps", row["gaps"], "gap_bounds")
    sheet.put("formats", sheet.ask("source_formats"), "source_formats")


def _reasons(rows: list[Row], fate: str) -> Row:
    return {row["reason"]: row["records"] for row in rows if row["fate"] == fate}


def _gap(row: Row) -> Row:
    return {
        "from": row["from_at"],
        "until": row["until_at"],
        "bound": row["bound"],
        "node": row["node"],
        "kind": row["kind"],
        "missing": row["missing"],
    }


def put_scope(sheet: Sheet) -> None:
    """period, scope, nothing_shown, unresolved, timeline."""
    sums = sheet.ask_one("scope_sums")
    sheet.parts["period"] = {"from": sums["first_at"], "until": sums["until_at"]}
    scope = {key: sums[key] for key in SCOPE_SUMS}
    share = sums["uncovered"] / sums["events"] if sums["events"] else 0.0
    scope["uncovered"] = {"events": sums["uncovered"], "share": share}
    sheet.put("scope", scope, "scope_sums")
    nothing = {row["reason"]: row["events"] for row in sheet.ask("nothing_shown_reasons")}
    sheet.put("nothing_shown", nothing, "nothing_shown_reasons")
    sheet.put("unresolved", sheet.ask("unresolved_reasons"), "unresolved_reasons")
    step = timeline_step(sums["first_at"], sums["until_at"])
    buckets = sheet.ask("timeline", step=step, zone=sheet.case.settings.case.zone)
    sheet.put("timeline", buckets, "timeline")
    sheet.parts["timeline_step"] = step


def timeline_step(first: str | None, until: str | None) -> str:
    """Hours for some days, days for a year, months beyond."""
    if first is None or until is None:
        return "hour"
    length = datetime.fromisoformat(until) - datetime.fromisoformat(first)
    if length <= HOURS_UP_TO:
        return "hour"
    return "day" if length <= DAYS_UP_TO else "month"


def put_accounts(sheet: Sheet) -> None:
    """accounts: those in scope, then those that detection ranks first."""
    sheet.make("account_persons")
    sheet.make("account_sessions")
    rows = sheet.ask("accounts", found=FOUND_LISTED, most=ACCOUNTS_LISTED)
    total = rows[0]["accounts"] if rows else 0
    listed = [_account(row) for row in rows]
    sheet.put("accounts", listed, "accounts")
    sheet.put("accounts_total", total, "accounts")


def _account(row: Row) -> Row:
    account = {key: value for key, value in row.items() if key != "accounts"}
    return account | {"reasons": _json_list(row["reasons"])}


def put_claims(sheet: Sheet) -> None:
    """claims, each with its grade, hypotheses, basis and exceptions as `source:line`."""
    exceptions = by_key(sheet.ask("claim_exceptions"), "claim")
    claims = [
        {
            "id": row["claim"],
            "grade": row["grade"],
            "hypotheses": _json_list(row["hypotheses"]),
            "basis": _json_list(row["basis"]),
            "exceptions": [
                f"{one['source']}:{one['line_number']}" for one in exceptions.get(row["claim"], [])
            ],
            "exceptions_count": row["exceptions"] or 0,
            "derivation": _json_list(row["derivation"]),
        }
        for row in sheet.ask("claims")
    ]
    sheet.put("claims", claims, "claims")


def _json_list(text: str | None) -> list[Any]:
    found = json.loads(text) if text else []
    return found if isinstance(found, list) else [found]
