# SPDX-License-Identifier: Apache-2.0
"""Detection finds the same however few accounts and days it goes through at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.detect.small_platform import detected, doctor, quiet_days, quiet_relations, read, theft
from tocsin.detect import prepare, sessions

ACCOUNTS = [
    # Practices whose accounts do not lie together by name; one has none of its own, one half of everybody.
    {
        "account": doctor(number),
        "role": "gp",
        "organisation": None if number == 7 else "clinic" if number % 2 else f"practice {number % 5}",
    }
    for number in range(40)
]


def seen(folder: Path) -> dict[str, list[dict[str, object]]]:
    events = quiet_days(8) + theft(3, range(5, 7)) + theft(4, range(4, 6))
    # A colleague of the same practice, and one of another, open the same persons.
    events += [
        read(number, day, 300 + place, f"P{place * 31}")
        for number in (0, 10, 11)
        for day in (2, 3)
        for place in range(8)
    ]
    links: list[dict[str, object]] = [
        *quiet_relations(8)[::2],
        {"relations": "ward", "organisation": "clinic", "person": "P31"},
        {"relations": "ward", "organisation": "practice 0", "person": "P62"},
    ]
    with detected(folder, events, accounts=ACCOUNTS, relations=links) as (case, _report):
        names = ("findings", "campaigns", "sight", "session_evidence", "session_people")
        return {name: rows_of(case, name) for name in names}


def test_detection_finds_the_same_when_accounts_and_days_are_gone_through_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ties are learnt from one person in several: from the same ones.
    monkeypatch.setattr(prepare, "TIED_PERSONS", 40)
    whole = seen(tmp_path / "whole")
    monkeypatch.setattr(sessions, "BUCKET_EVENTS", 600)
    assert seen(tmp_path / "parts") == whole
    assert len(whole["findings"]) > 10
    assert any("ward" in str(row["about"]) for row in whole["sight"])
