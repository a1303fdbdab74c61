# SPDX-License-Identifier: Apache-2.0
"""What local ids look like is the same however few of them are looked at first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.settings import RegistrySettings
from tocsin.scope.resolvers import named
from tocsin.store.engine import Engine
from tocsin.store.query import literal

IDS = st.text("019aZé-", max_size=4)
REGISTRIES = ("one", "two")


def foreign(engine: Engine, held: dict[str, list[str]], asked: list[str]) -> set[tuple[object, ...]]:
    """Of the ids that are asked of each registry, those that do not look like its own."""
    rows = [f"({literal(name)}, {literal(one)})" for name, ids in held.items() for one in ids]
    nothing = "select '' as registry, '' as person where false"
    engine.create(
        "registry", f"select * from (values {', '.join(rows)}) as v (registry, person)" if rows else nothing
    )
    absent = [f"({literal(name)}, {literal(one)})" for name in REGISTRIES for one in asked]
    engine.create("absent_ids", f"select * from (values {', '.join(absent)}) as v (registry, id)")
    registries = [RegistrySettings(name=name, paths=["-"], columns={"person": "id"}) for name in REGISTRIES]
    return set(engine.rows(named.foreign_ids_sql(engine, registries)))


@settings(max_examples=15, deadline=None)
@given(
    held=st.fixed_dictionaries({name: st.lists(IDS, max_size=4) for name in REGISTRIES}),
    asked=st.lists(IDS.filter(bool), min_size=1, max_size=5),
)
def test_foreign_ids_are_the_same_when_few_or_many_examples_are_looked_at(
    held: dict[str, list[str]], asked: list[str]
) -> None:
    found = []
    with Engine(threads=1) as engine, pytest.MonkeyPatch.context() as patch:
        for examples in (0, 1, 10_000):
            patch.setattr(named, "EXAMPLES", examples)
            found.append(foreign(engine, held, asked))
    assert found[0] == found[1] == found[2]


def test_id_with_letters_is_foreign_when_only_the_other_registry_has_letters() -> None:
    with Engine(threads=1) as engine:
        found = foreign(engine, {"one": ["A1", "B2"], "two": ["11", "22"]}, ["C3", "33"])
    assert found == {("two", "C3")}
