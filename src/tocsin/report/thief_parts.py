# SPDX-License-Identifier: Apache-2.0
"""What the report says of thieves: accounts that one of them holds, and whose each session of an account is.

Places stand as the logs name them, accounts by their logins; no person in care is named.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from tocsin.journal.answers import cut_decided, fold_answers, fold_questions, state_of
from tocsin.report.figures import Row, Sheet

LISTED: Final = 50
"""Of a campaign's accounts, of its places, and of split accounts; how many there are is told."""

CLASSES: Final = ("confirmed", "likely", "possible", "excluded")


def put_campaigns(sheet: Sheet) -> None:
    """campaigns: each with its accounts, and the rare places that join them."""
    found: dict[int, Row] = {}
    for row in sheet.ask("campaigns_found", most=LISTED):
        campaign = found.setdefault(row["campaign"], _campaign(row))
        campaign["members" if row["is_account"] else "joined_by"].append(_member(row))
    sheet.put("campaigns", list(found.values()), "campaigns_found")


def _campaign(row: Row) -> Row:
    return {
        "campaign": row["campaign"],
        "accounts": row["all_accounts"],
        "places": row["all_places"],
        "undecided": row["undecided"],
        "from": row["from_at"],
        "until": row["until_at"],
        "members": [],
        "joined_by": [],
    }


def _member(row: Row) -> Row:
    """An account, or a place that joins some."""
    common = {"sessions": row["sessions"], "first_at": row["first_at"], "last_at": row["last_at"]}
    if row["is_account"]:
        return {"account": row["name"], "decided": row["is_decided"]} | common
    place = {key: row[key] for key in ("kind", "name", "accounts", "outsiders", "rarity")}
    return place | common


def put_split(sheet: Sheet) -> None:
    """split: sessions and persons of split accounts by class, who is kept off, where the questions stand.

    Also a reason of each account concerned; call it once `accounts` stands.
    """
    sheet.engine.register("heard_answers", _heard(sheet))
    sums = sheet.ask_one("split_sums")
    answers = sheet.ask_one("answers_sums")
    accounts = [_split_account(row) for row in sheet.ask("split_accounts", most=LISTED)]
    part = {
        "accounts_total": sums["accounts"],
        "sessions": sums["sessions"],
        "persons": sums["persons"],
        "cut": _cut(sheet, sums["under_threshold"]),
        "answers": answers,
        "accounts": accounts,
    }
    sheet.put("split", part, "split_sums")
    sheet.enter("split.answers", answers, "answers_sums")
    sheet.enter("split.accounts", accounts, "split_accounts")
    _give_reasons(sheet)


def _cut(sheet: Sheet, persons: int) -> Row | None:
    """The decision that keeps persons off the notices, and how many it keeps off."""
    cut = cut_decided(sheet.case.journal.entries())
    if cut is None:
        return None
    threshold, why = float(str(cut.body.get("threshold"))), str(cut.body.get("why"))
    return {"threshold": threshold, "why": why, "entry": cut.number, "persons": persons}


def _split_account(row: Row) -> Row:
    return {key: row[key] for key in ("account", "sessions", "hard_facts", "persons", "first_at", "last_at")}


def _give_reasons(sheet: Sheet) -> None:
    """Of each account listed that was split, how many of its sessions are whose."""
    listed = sheet.parts["accounts"]
    places = {row["account"]: at for at, row in enumerate(listed)}
    for row in sheet.ask("split_accounts", most=None):
        at = places.get(row["account"])
        if at is None:
            continue
        held = row["sessions"]
        values = {
            "sessions": sum(held.values()),
            "thief": held["confirmed"] + held["likely"],
            "possible": held["possible"],
            "owner": held["excluded"],
        }
        reasons = listed[at]["reasons"]
        reasons.append({"code": "split_sessions", "values": values})
        sheet.enter(f"accounts.{at}.reasons.{len(reasons) - 1}", reasons[-1], "split_accounts")


def _heard(sheet: Sheet) -> pa.Table:
    """As `heard_answers`: sessions that were asked about or answered, and what became of it."""
    entries = list(sheet.case.journal.entries())
    answers = fold_answers(entries)
    accounts = {one.session_id: one.account for one in fold_questions(entries).values()}
    accounts |= {session: said[0].account for session, said in answers.items() if said}
    rows = [
        {
            "session_id": session,
            "account": account,
            "answers": len(answers.get(session, ())),
            "state": state_of(answers.get(session, ())),
        }
        for session, account in sorted(accounts.items())
    ]
    schema = pa.schema(
        [
            ("session_id", pa.string()),
            ("account", pa.string()),
            ("answers", pa.int64()),
            ("state", pa.string()),
        ]
    )
    return pa.Table.from_pylist(rows, schema)
