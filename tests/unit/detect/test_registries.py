# SPDX-License-Identifier: Apache-2.0
"""With several registries a number names a person only with its registry: links and rights are matched so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import HEAD, Rows, make_case, rows_of
from tests.unit.detect.directory import CARD, card, found
from tests.unit.detect.small_platform import quiet_days
from tocsin.core.errors import SettingsError
from tocsin.detect.prepare import READS, prepare_sessions
from tocsin.detect.run import run
from tocsin.store.case import Case

TWO = """
[[sources]]
name = "portal"
paths = ["none.log"]

[[sources]]
name = "clinic"
paths = ["none.log"]

[[sources]]
name = "shared"
paths = ["none.log"]

[[registries]]
name = "north"
paths = ["none.csv"]
sources = ["portal"]
domain = "1.2.3"
columns = { person = "id" }

[[registries]]
name = "south"
paths = ["none.csv"]
sources = ["clinic"]
domain = "4.5.6"
columns = { person = "id" }
"""
LIMITED = """
[catalogue]
path = "catalogue.toml"

[[accounts]]
paths = ["directory.csv"]
registry = "north"
columns = { account = "login", person = "own", may_see = "dependants" }
"""


def templates(folder: Path, events: Rows, relations: Rows, settings: str = TWO) -> list[object]:
    """Which relations explain that somebody was seen."""
    with (
        make_case(folder, settings=settings, events=events, relations=relations) as case,
        case.engine(*READS) as engine,
    ):
        prepare_sessions(case, engine)
        rows = engine.rows(
            "select coalesce(t.relations, 'own') from explained_counts as x"
            " join link_templates as t on t.template = x.template where x.views = 1 order by all"
        )
        return [name for (name,) in rows]


def told(source: str, person: str = "P1", **columns: object) -> dict[str, object]:
    return card(1, "dr", person, source=source, person=person) | columns


def link(registry: str | None, person: str = "P1") -> dict[str, object]:
    return {"relations": "agenda", "account": "dr", "person": person, "registry": registry}


@pytest.mark.parametrize(("source", "is_explained"), [("portal", True), ("clinic", False), ("shared", False)])
def test_relation_explains_only_its_own_registry(tmp_path: Path, source: str, is_explained: bool) -> None:
    found = templates(tmp_path, [told(source)], [link("north")])
    assert found == (["agenda"] if is_explained else [])


def test_domain_tells_the_registry_where_the_source_does_not(tmp_path: Path) -> None:
    events = [told("shared", person_domain="4.5.6")]
    assert templates(tmp_path, events, [link("south")]) == ["agenda"]


@pytest.mark.parametrize("registry", ["north", None])
def test_only_registry_explains_whatever_names_it(tmp_path: Path, registry: str | None) -> None:
    one = TWO.split('[[registries]]\nname = "south"', maxsplit=1)[0]
    assert templates(tmp_path, [told("clinic")], [link(registry)], one) == ["agenda"]


def test_same_number_in_two_registries_is_two_persons(tmp_path: Path) -> None:
    events = [told("portal"), told("clinic") | {"event_id": 2}]
    with make_case(tmp_path, settings=TWO, events=events) as case, case.engine(*READS) as engine:
        prepare_sessions(case, engine)
        assert engine.rows("select persons, new_persons from session_features order by all") == [
            (1, 1),
            (1, 1),
        ]


@pytest.mark.parametrize("kind", ["relations", "accounts"])
def test_persons_of_several_registries_are_refused_when_nothing_says_which(tmp_path: Path, kind: str) -> None:
    name = 'name = "agenda"\n' if kind == "relations" else ""
    text = f'[[{kind}]]\n{name}paths = ["x.csv"]\ncolumns = {{ person = "p", account = "a" }}\n'
    (tmp_path / "case.toml").write_text(HEAD + TWO + text, "utf-8")
    with pytest.raises(SettingsError) as refused, Case(tmp_path, by="tests"):
        pass
    assert refused.value.code == "no_registry"
    assert "north, south" in str(refused.value)


def test_registry_that_is_not_there_is_refused(tmp_path: Path) -> None:
    text = (
        '[[relations]]\nname = "agenda"\npaths = ["x.csv"]\nregistry = "nrth"\ncolumns = { person = "p" }\n'
    )
    (tmp_path / "case.toml").write_text(HEAD + TWO + text, "utf-8")
    with pytest.raises(SettingsError) as refused, Case(tmp_path, by="tests"):
        pass
    assert refused.value.code == "unknown_name"


def beyond(folder: Path, events: Rows, registry: Rows = ()) -> set[str]:
    """Who is found beyond right, when alice may see P1 of the north."""
    (folder / "catalogue.toml").write_text(CARD, "utf-8")
    (folder / "case.toml").write_text(HEAD + TWO + LIMITED, "utf-8")
    alice = {"account": "alice", "person": "P1", "registry": "north"}
    with make_case(folder, events=events, accounts=[alice], registry=registry) as case:
        run(case)
        return {account for account, row in found(case).items() if row["p"] == 1.0}


@pytest.mark.parametrize(("source", "is_found"), [("portal", False), ("clinic", True), ("shared", False)])
def test_right_holds_in_its_own_registry(tmp_path: Path, source: str, is_found: bool) -> None:
    assert beyond(tmp_path, [card(1, "alice", "P1", source=source)]) == ({"alice"} if is_found else set())


def test_one_person_in_two_registries_is_allowed_by_the_identity_number(tmp_path: Path) -> None:
    registry = [
        {"registry": "north", "person": "P1", "ins": "7"},
        {"registry": "south", "person": "P1", "ins": "7"},
        {"registry": "south", "person": "P2", "ins": "7"},
    ]
    events = [card(1, "alice", "P1", source="clinic"), card(2, "alice", "P2", source="clinic")]
    assert beyond(tmp_path, events, registry) == set()
    assert beyond(tmp_path, events, registry[:1]) == {"alice"}


@pytest.mark.parametrize("most", [1, 60, 10_000])
def test_accounts_gone_through_a_few_at_a_time_give_the_same(
    tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.detect.sessions.BUCKET_EVENTS", most)
    events = [{**row, "event_id": n} for n, row in enumerate(quiet_days(4, 8))]
    with make_case(tmp_path, settings=TWO, events=events) as case:
        with case.engine(*READS) as engine:
            prepare_sessions(case, engine)
            [row] = engine.rows(
                "select sum(persons), sum(new_persons), sum(pairs), count(*) from session_features"
            )
            assert row == (176, 176, 144, 32)
            assert engine.count("select count(distinct number) from person_views") == 176
        assert rows_of(case, "events")
