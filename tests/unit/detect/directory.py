# SPDX-License-Identifier: Apache-2.0
"""A small platform whose accounts belong to persons: who may see whom, and what each access shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.made_case import HEAD, NOON, Rows, make_case, rows_of
from tocsin.detect.run import DetectReport, run
from tocsin.store.case import Case

SETTINGS = """
[catalogue]
path = "catalogue.toml"

[[accounts]]
paths = ["directory.csv"]
columns = { account = "login", person = "own", may_see = "dependants" }
"""

CARD = """
[[shows]]
action = "read"
object = "/persons/{person}/card"
categories = ["identity.name"]
"""


def event(number: int, account: str | None, **columns: object) -> dict[str, object]:
    """A read at noon and so many minutes, that succeeded."""
    at = NOON + timedelta(minutes=number)
    base = {"event_id": number, "account": account, "occurred_at": at, "action": "read", "outcome": "success"}
    return base | columns


def card(number: int, account: str | None, whose: str, **columns: object) -> dict[str, object]:
    """Opens somebody's card."""
    return event(number, account, object=f"/persons/{whose}/card", **columns)


@contextmanager
def platform(
    folder: Path, *, catalogue: str = CARD, settings: str = SETTINGS, **tables: Rows
) -> Iterator[tuple[Case, DetectReport]]:
    """The case after detection."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.toml").write_text(catalogue, "utf-8")
    (folder / "case.toml").write_text(HEAD + settings, "utf-8")
    with make_case(folder, **tables) as case:
        yield case, run(case)


def found(case: Case) -> dict[str, dict[str, object]]:
    """The ranked findings, by account."""
    return {str(row["account"]): row for row in rows_of(case, "findings") if row["detector"] == "all"}


def reasons(row: dict[str, object]) -> list[dict[str, object]]:
    held: list[dict[str, object]] = json.loads(str(row["reasons"]))
    return held


def accounts_of(folder: Path, events: Rows, accounts: Rows, **more: object) -> set[str]:
    """Which accounts are found."""
    with platform(folder, events=events, accounts=accounts, **more) as (case, _report):  # type: ignore[arg-type]
        return set(found(case))
