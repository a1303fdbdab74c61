# SPDX-License-Identifier: Apache-2.0
"""The usual case is answered by a shorter way than the rare one: both must say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import (
    CARD,
    HEAD,
    KNOWN,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    person,
    run_scene,
    values,
)
from tocsin.core.settings import Catalogue, load_case
from tocsin.core.settings.catalogue import Rule
from tocsin.core.tables import TABLES
from tocsin.scope.catalogue import compile_catalogue
from tocsin.scope.columns import OWN_COLUMNS, needed_columns
from tocsin.scope.fates import load_resolvers
from tocsin.scope.resolvers.named import Named

BOOKING = """
[[shows]]
object = "/booking/{record:appointment}"
categories = ["appointment.date", "identity.name"]
"""
TWINS = """
[[shows]]
object = "/nowhere/{person}"
categories = ["identity.name"]
together = true
[[shows]]
object = "/nowhere/**"
categories = ["contact.phone"]
together = true
"""
EVENTS = [
    event(1, object="/booking/R1"),
    event(2, object="/card/P01"),
    event(3, object="/booking/R2", person="P01"),
    event(4, object="/elsewhere", persons=["P01", "P02"]),
]
TOLD = tuple(column.name for column in TABLES["disclosures"].columns)


def disclosed(folder: Path, catalogue: str, halves: bool) -> list[tuple[object, ...]]:
    """With `halves`, each record and person has two rows that say the same, one after the other."""
    periods = [{"valid_until": at(2)}, {"valid_from": at(2)}] if halves else [{}]
    records = [
        appointment(name, whose, at=at(9), controller="c1", **period)
        for name, whose in (("R1", "P01"), ("R2", "P02"))
        for period in periods
    ]
    registry = [person(name, controller="c2", **period) for name in ("P01", "P02") for period in periods]
    _, case = run_scene(folder, catalogue=catalogue, events=EVENTS, registry=registry, records=records)
    return values(case, "disclosures", *TOLD)


@pytest.mark.parametrize(("catalogue", "halves"), [(CARD + BOOKING + TWINS, False), (CARD + BOOKING, True)])
def test_rare_ways_disclose_what_the_usual_way_does(tmp_path: Path, catalogue: str, halves: bool) -> None:
    usual = disclosed(tmp_path / "usual", CARD + BOOKING, halves=False)
    assert len(usual) == 8
    assert disclosed(tmp_path / "rare", catalogue, halves=halves) == usual


def test_id_that_stands_twice_in_a_path_is_disclosed_once(tmp_path: Path) -> None:
    catalogue = '[[shows]]\nobject = "/{person}/with/{person}"\ncategories = ["identity.name"]\n'
    events = [event(1, object="/P01/with/P01"), event(2, object="/P01/with/P02")]
    _, case = run_scene(tmp_path, catalogue=catalogue, events=events, registry=[person("P01"), person("P02")])
    assert values(case, "disclosures", "event_id", "person") == [(1, "P01"), (2, "P01"), (2, "P02")]


def needed(tmp_path: Path, *rules: Rule, others: bool = False) -> set[str]:
    (tmp_path / "case.toml").write_text('[case]\nid = "x"\n' + HEAD + REGISTRY + RECORDS + KNOWN, "utf-8")
    settings = load_case(tmp_path / "case.toml")
    third_party = type("Other", (Named,), {"name": "other"})
    resolvers = [*load_resolvers(settings), *([third_party()] if others else [])]
    return set(needed_columns(compile_catalogue(Catalogue(shows=list(rules)), settings), resolvers))


def test_columns_are_read_where_a_rule_or_its_replay_asks_for_them(tmp_path: Path) -> None:
    assert needed(tmp_path) == set(OWN_COLUMNS)
    replayed = Rule(
        client="c*",
        categories=["identity.name"],
        parameters={"name": "detail:$.name", "city": "event:network"},
        replay="select person from patients where family_name = $name and city = $city",
    )
    assert needed(tmp_path, replayed) == {*OWN_COLUMNS, "client", "detail", "network"}


def test_resolver_of_a_third_party_reads_every_column(tmp_path: Path) -> None:
    assert needed(tmp_path, others=True) == set(TABLES["events"].column_names)
