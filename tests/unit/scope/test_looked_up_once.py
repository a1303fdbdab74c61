# SPDX-License-Identifier: Apache-2.0
"""The rows of records and persons: read once where names told all, else read again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tocsin.scope.run import HELD, _hold_rows
from tocsin.store.engine import Engine

RECORDS = "'A' as record_type, 'a1' as record, 'P1' as person, 'c' as controller, null::timestamptz as at"
PERSONS = "'patients' as registry, 'P1' as person, 'c' as controller"
VALID = "null::timestamptz as valid_from, null::timestamptz as valid_until"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as made:
        made.create("records", f"select {RECORDS}, {VALID}")
        made.create("registry", f"select {PERSONS}, {VALID}")
        yield made


def looked_up(engine: Engine) -> None:
    """As the resolver of names leaves them: here it has looked nothing up."""
    engine.create("named_records", f"select {RECORDS}, {VALID} where false")
    engine.create("known_persons", f"select {PERSONS}, {VALID} where false")


def held(engine: Engine, resolver: str | None, *, is_ours: bool) -> list[int]:
    keys = "'patients' as registry, 'P1' as person, 'A' as record_type, 'a1' as record"
    is_shown = "true" if resolver else "false"
    engine.create("shown", f"select {keys}, '{resolver}' as resolver where {is_shown}")
    _hold_rows(engine, is_ours=is_ours)
    return [engine.count(f"select count(*) from {name}") for name in HELD]


def test_rows_are_not_read_again_when_names_told_all(engine: Engine) -> None:
    looked_up(engine)
    assert held(engine, "named", is_ours=True) == [0, 0]


@pytest.mark.parametrize(("resolver", "is_ours"), [("search_results", True), ("named", False)])
def test_rows_are_read_again_when_somebody_else_may_have_told(
    engine: Engine, resolver: str, is_ours: bool
) -> None:
    looked_up(engine)
    assert held(engine, resolver, is_ours=is_ours) == [1, 1]


def test_rows_are_none_when_nothing_was_shown_and_names_were_never_asked(engine: Engine) -> None:
    assert held(engine, None, is_ours=True) == [0, 0]
