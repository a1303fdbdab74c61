# SPDX-License-Identifier: Apache-2.0
"""A case of which a professional's account was stolen, with a directory that says how to reach its holder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.made_case import NOON, put
from tests.unit.notify.scenes import person, told_case
from tocsin.store.case import Case

BEFORE = NOON - timedelta(days=400)
DIRECTORY = '[[accounts]]\npaths = ["directory.csv"]\n[accounts.columns]\naccount = "login"\n'


def contact(account: str = "dr.martin", **columns: object) -> dict[str, object]:
    """Contact data of an account's holder, older than the theft unless told otherwise."""
    return {
        "account": account,
        "name": "Dr Claire Martin",
        "email": "claire@home.example",
        "phone": "06 12 34 56 78",
        "address": "3 rue du Port, 35000, Rennes",
        "contact_since": BEFORE,
        **columns,
    }


def acts(account: str, first: int, source: str = "portal.example.org") -> list[dict[str, object]]:
    """Three accesses, of which a prescription that was written."""
    rows = []
    for number, (action, thing) in enumerate((("read", None), ("create", "prescription"), ("read", None))):
        rows.append(
            {
                "event_id": first + number,
                "occurred_at": NOON + timedelta(minutes=number),
                "source": source,
                "account": account,
                "action": action,
                "outcome": "success",
                "record_type": thing,
            }
        )
    return rows


def stolen_case(
    folder: Path,
    contacts: Sequence[Mapping[str, object]],
    *,
    settings: str = "",
    notify: str = "",
    verdict: str = "illegitimate",
    holder: Mapping[str, object] | None = None,
    rows: Sequence[Mapping[str, object]] | None = None,
) -> Case:
    """One person to tell (or `rows`), and the account `dr.martin`, which has a sister of the same number."""
    events = acts("dr.martin", 1) + acts("nobody", 11)
    told = rows if rows is not None else [person(1)]
    case = told_case(folder, told, settings=settings, notify=notify)
    own = {"professional_id": "10101010101", "role": "médecin", "organisation": "350000001"}
    put(
        case,
        events=events,
        judged=[{"event_id": event["event_id"], "verdict": verdict, "p": 1.0} for event in events],
        accounts=[
            {"account": "dr.martin", **(holder or own)},
            {"account": "martin-visio", **(holder or own)},
        ],
        account_contacts=list(contacts),
    )
    return case


AT = datetime(2026, 6, 11, 12, tzinfo=UTC)
