# SPDX-License-Identifier: Apache-2.0
"""Detection agrees with a plain reading of the same few events, directory and registry."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.detect.directory import CARD, card, event, found, platform

PERSONS = st.sampled_from(["P1", "P2", "P3", "P4"])
ACCOUNTS = st.sampled_from(["a", "b", "c"])
DIRECTORY = st.dictionaries(
    ACCOUNTS, st.tuples(st.none() | PERSONS, st.none() | st.lists(PERSONS, max_size=2)), max_size=3
)
ACCESSES = st.lists(
    st.tuples(ACCOUNTS, PERSONS, st.sampled_from(["success", "failure", "unknown"]), st.booleans()),
    max_size=8,
)
NUMBERS = st.dictionaries(PERSONS, st.sampled_from(["1", "2"]), max_size=4)


def plain(accesses, directory, numbers) -> dict[str, set[str]]:
    """Whom each limited account obtained beyond its right."""
    beyond: dict[str, set[str]] = {}
    for account, person, outcome, _by_path in accesses:
        own, may_see = directory.get(account, (None, None))
        if outcome == "failure" or (own is None and may_see is None):
            continue
        allowed = {own, *(may_see or [])} - {None}
        known = {numbers[one] for one in allowed if one in numbers}
        if person not in allowed and numbers.get(person) not in known:
            beyond.setdefault(account, set()).add(person)
    return beyond


@settings(max_examples=12)
@given(ACCESSES, DIRECTORY, NUMBERS)
def test_detection_agrees_with_a_plain_reading(accesses, directory, numbers) -> None:
    events = [
        card(n, account, person, outcome=outcome)
        if by_path
        else event(n, account, object="/other", person=person, outcome=outcome)
        for n, (account, person, outcome, by_path) in enumerate(accesses)
    ]
    accounts = [{"account": a, "person": own, "may_see": may} for a, (own, may) in directory.items()]
    registry = [{"registry": "r", "person": p, "ins": ins} for p, ins in numbers.items()]
    tables = {"events": events, "accounts": accounts, "registry": registry}
    with TemporaryDirectory() as name, platform(Path(name), catalogue=CARD, **tables) as (case, _):
        persons = {account: row["persons"] for account, row in found(case).items()}
    assert persons == {account: len(seen) for account, seen in plain(accesses, directory, numbers).items()}
