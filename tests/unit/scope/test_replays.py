# SPDX-License-Identifier: Apache-2.0
"""Searches run again: as of the event, page by page, with ties, and never on a value that is not one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.unit.scope.scenes import (
    HEAD,
    KNOWN,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    open_scene,
    person,
    persons,
    reasons,
    run_scene,
    values,
)
from tocsin.core.errors import InputError
from tocsin.scope.run import run

BY_NAME = (
    "select person from patients where family_name = $name"
    " order by person limit 2 offset 2 * cast($page as integer)"
)
PAGE = '{ name = "query:name", page = { from = "query:page", default = "0" } }'


def rule(replay: str = BY_NAME, parameters: str = PAGE, collation: str = "binary", more: str = "") -> str:
    declared = f'collation = "{collation}"\n' if collation else ""
    return (
        f"[[shows]]\naction = \"search\"\nparameters = {parameters}\nreplay = '''{replay}'''\n"
        f'{declared}categories = ["identity.name"]\n{more}'
    )


def search(number: int, query: str | None, **columns: object) -> dict[str, object]:
    return event(number, action="search", query=query, **columns)


def smiths(count: int, name: str = "Smith") -> list[dict[str, object]]:
    return [person(f"P{n}", family_name=name) for n in range(1, count + 1)]


def found(
    folder: Path, catalogue: str, query: str | None, registry: list[dict[str, object]], **more: object
) -> set[object]:
    _, case = run_scene(folder, catalogue=catalogue, events=[search(1, query)], registry=registry, **more)
    return persons(case).get(1, set())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name=Smith", {"P1", "P2"}),
        ("name=Smith&page=1", {"P3", "P4"}),
        ("name=Smith&page=2", {"P5"}),
        ("name=Smith&page=+1+", {"P3", "P4"}),
        ("page=1&name=Smith&page=0", {"P3", "P4"}),
        ("n%61me=Smi%74h", {"P1", "P2"}),
    ],
)
def test_search_shows_the_persons_of_its_page(tmp_path: Path, query: str, expected: set[object]) -> None:
    assert found(tmp_path, rule(), query, smiths(5)) == expected


def test_names_are_decoded_as_a_form(tmp_path: Path) -> None:
    registry = [person("P1", family_name="Le Goff+Née"), person("P2", family_name="Le+Goff%2BN%C3%A9e")]
    assert found(tmp_path, rule(), "name=Le+Goff%2BN%C3%A9e", registry) == {"P1"}


@pytest.mark.parametrize(("query", "items", "bound"), [("page=1", 9, 2), (None, 1, 1), ("", None, 2)])
def test_missing_parameter_leaves_the_event_unresolved(
    tmp_path: Path, query: str | None, items: int | None, bound: int
) -> None:
    _, case = run_scene(
        tmp_path, catalogue=rule(), events=[search(1, query, items=items)], registry=smiths(5)
    )
    assert values(case, "unresolved", "reason", "bound", "record_type") == [
        ("missing_parameter", bound, "person")
    ]


@pytest.mark.parametrize(
    "page", ["x", "", "-1", "1.5", "99999999999999999999", "999999999999999999", "0x1", "1;2", "%00"]
)
def test_page_that_is_no_page_leaves_the_event_unresolved_or_empty(tmp_path: Path, page: str) -> None:
    _, case = run_scene(
        tmp_path, catalogue=rule(), events=[search(1, f"name=Smith&page={page}")], registry=smiths(5)
    )
    told = reasons(case, "unresolved") or reasons(case, "nothing_shown")
    assert told == {1: "empty" if page == "999999999999999999" else "bad_parameter"}


def test_value_that_cannot_be_decoded_leaves_the_event_unresolved(tmp_path: Path) -> None:
    _, case = run_scene(tmp_path, catalogue=rule(), events=[search(1, "name=Lef%E8vre")], registry=smiths(5))
    assert reasons(case, "unresolved") == {1: "bad_parameter"}


def test_search_that_finds_nobody_shows_nothing(tmp_path: Path) -> None:
    _, case = run_scene(tmp_path, catalogue=rule(), events=[search(1, "name=Nobody")], registry=smiths(5))
    assert reasons(case, "nothing_shown") == {1: "empty"}


def test_registry_is_read_as_of_the_event(tmp_path: Path) -> None:
    registry = [
        person("P1", family_name="Smith", valid_until=at(2)),
        person("P1", family_name="Jones", valid_from=at(2)),
        person("P2", family_name="Smith", valid_from=at(3)),
        person("P3", family_name="Smith", valid_from=at(0), valid_until=at(3)),
    ]
    events = [search(n, "name=Smith") for n in (1, 2, 3)]
    _, case = run_scene(tmp_path, catalogue=rule(), events=events, registry=registry)
    assert persons(case) == {1: {"P1", "P3"}, 2: {"P3"}, 3: {"P2"}}
    assert set(values(case, "disclosures", "certainty", "exact", "count_in")) == {
        ("reconstructed", True, "best")
    }


def test_total_order_with_a_declared_collation_is_exact(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path, catalogue=rule(collation=""), events=[search(1, "name=Smith")], registry=smiths(2)
    )
    assert set(values(case, "disclosures", "certainty", "exact")) == {("reconstructed", False)}


TIED = "select person from patients where family_name = $name order by birth_date limit 2"
NAME = '{ name = "query:name" }'


def test_persons_who_tie_across_the_edge_of_a_page_are_reachable(tmp_path: Path) -> None:
    dates = ["1950-01-01", "1960-01-01", "1960-01-01", "1970-01-01"]
    registry = [{**row, "birth_date": _date(text)} for row, text in zip(smiths(4), dates, strict=True)]
    _, case = run_scene(
        tmp_path, catalogue=rule(TIED, NAME), events=[search(1, "name=Smith")], registry=registry
    )
    assert values(case, "disclosures", "person", "certainty", "exact", "count_in") == [
        ("P1", "reconstructed", False, "best"),
        ("P2", "reachable", False, "ceiling"),
        ("P3", "reachable", False, "ceiling"),
    ]


def _date(text: str) -> object:
    return date.fromisoformat(text)


def test_persons_who_tie_within_a_page_stand_on_it_for_certain(tmp_path: Path) -> None:
    registry = [{**row, "birth_date": _date("1950-01-01")} for row in smiths(2)]
    _, case = run_scene(
        tmp_path, catalogue=rule(TIED, NAME), events=[search(1, "name=Smith")], registry=registry
    )
    assert values(case, "disclosures", "certainty", "exact") == [("reconstructed", False)] * 2


def test_search_without_order_shows_everybody_as_possible(tmp_path: Path) -> None:
    replay = "select person from patients where family_name = $name limit 2"
    _, case = run_scene(
        tmp_path, catalogue=rule(replay, NAME), events=[search(1, "name=Smith")], registry=smiths(3)
    )
    assert values(case, "disclosures", "person", "certainty") == [(f"P{n}", "reachable") for n in (1, 2, 3)]


@pytest.mark.parametrize("query", ["https://x.example/open/Patient?name=Smith", "GET /p?name=Smith HTTP/1.1"])
def test_query_that_is_a_whole_url_is_read_after_its_question_mark(tmp_path: Path, query: str) -> None:
    replay = "select person from patients where family_name = $name order by person"
    assert len(found(tmp_path, rule(replay, NAME), query, smiths(3))) == 3


def test_search_without_page_shows_all_that_it_finds(tmp_path: Path) -> None:
    replay = "select person from patients where family_name = $name order by person"
    assert len(found(tmp_path, rule(replay, NAME), "name=Smith", smiths(40))) == 40


def test_todays_data_that_stand_in_for_the_past_reconstruct_but_are_never_exact(tmp_path: Path) -> None:
    today = REGISTRY.replace('valid_from = "since"\nvalid_until = "until"\n', "")
    _, case = run_scene(
        tmp_path,
        settings=HEAD + today + KNOWN,
        catalogue=rule(),
        events=[search(1, "name=Smith")],
        registry=smiths(1),
    )
    assert values(case, "disclosures", "certainty", "exact", "count_in") == [("reconstructed", False, "best")]


@pytest.mark.parametrize(
    ("collation", "expected"), [("binary", {"Zola", "eden"}), ("fr", {"eden", "Édouard"})]
)
def test_collation_decides_who_stands_on_the_page(
    tmp_path: Path, collation: str, expected: set[object]
) -> None:
    registry = [person(name, family_name=name) for name in ("eden", "Zola", "Édouard")]
    replay = "select person from patients where family_name <> $name order by family_name limit 2"
    assert found(tmp_path, rule(replay, NAME, collation), "name=x", registry) == expected


@pytest.mark.parametrize(("order", "expected"), [("asc", "P2"), ("desc", "P1"), ("asc nulls first", "P3")])
def test_nulls_stand_last_unless_the_replay_says_otherwise(tmp_path: Path, order: str, expected: str) -> None:
    registry = [
        person("P1", family_name="Smith", birth_date=_date("1980-01-01")),
        person("P2", family_name="Smith", birth_date=_date("1970-01-01")),
        person("P3", family_name="Smith"),
    ]
    replay = f"select person from patients where family_name = $name order by birth_date {order} limit 1"
    assert found(tmp_path, rule(replay, NAME), "name=Smith", registry) == {expected}


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("birth_date = $v", "1980-01-01", {"P1"}),
        ("birth_date >= cast($v as date)", "1980-01-01", {"P1", "P2"}),
        ("birth_date between $v and '1985-01-01'", "1970-01-01", {"P1"}),
        ("birth_date in ($v, '1990-05-05')", "1980-01-01", {"P1", "P2"}),
        ("year(birth_date) = cast($v as integer)", "1990", {"P2"}),
        ("lower(family_name) like lower($v) || '%'", "SMI", {"P1", "P2"}),
        ("strip_accents(family_name) = $v", "Smithe", {"P2"}),
        ("original.ward = $v", "B", {"P1"}),
        ("ward = $v", "B", {"P1"}),
        ("patients.original.ward = $v or family_name is null", "A", {"P2"}),
        ('original."bed no" = $v', "7", {"P1"}),
        ('original."bed no" > 7 and $v = $v', "x", {"P2"}),
        ('cast(original."bed no" as integer) + 1 = cast($v as integer)', "8", {"P1"}),
        ("person = $v", "P2", {"P2"}),
    ],
)
def test_condition_compares_what_it_means(
    tmp_path: Path, condition: str, value: str, expected: set[object]
) -> None:
    registry = [
        person(
            "P1", family_name="Smith", birth_date=_date("1980-01-01"), original='{"ward": "B", "bed no": 7}'
        ),
        person(
            "P2",
            family_name="Smithé",
            birth_date=_date("1990-05-05"),
            original='{"ward": "A", "bed no": "12"}',
        ),
    ]
    replay = f"select person from patients where {condition} order by person"
    assert found(tmp_path, rule(replay, '{ v = "query:v" }'), f"v={value}", registry) == expected


@pytest.mark.parametrize("condition", ["birth_date = $v", "cast($v as date) < birth_date", "birth_rank = $v"])
def test_value_of_another_type_leaves_the_event_unresolved(tmp_path: Path, condition: str) -> None:
    settings = (
        HEAD + REGISTRY.replace("[registries.columns]", '[registries.columns]\nbirth_rank = "rank"') + KNOWN
    )
    replay = f"select person from patients where {condition} order by person"
    _, case = run_scene(
        tmp_path,
        settings=settings,
        catalogue=rule(replay, '{ v = "query:v" }'),
        events=[search(1, "v=32/13/1999")],
        registry=smiths(2),
    )
    assert reasons(case, "unresolved") == {1: "bad_parameter"}


def test_parameters_come_from_detail_and_columns_too(tmp_path: Path) -> None:
    replay = "select person from patients where family_name = $a and person = $b order by person"
    parameters = '{ a = "detail:$.q[0].name", b = "event:file_name" }'
    events = [
        search(1, None, detail='{"q": [{"name": "Smith"}]}', file_name="P2"),
        search(2, None, detail='{"q": []}', file_name="P2"),
        search(3, None, detail="not json", file_name="P2"),
    ]
    _, case = run_scene(tmp_path, catalogue=rule(replay, parameters), events=events, registry=smiths(3))
    assert persons(case) == {1: {"P2"}}
    assert reasons(case, "unresolved") == {2: "missing_parameter", 3: "missing_parameter"}


def test_records_are_found_with_their_persons(tmp_path: Path) -> None:
    replay = (
        "select record from appointment where at >= cast($from as timestamptz) order by at, record limit 2"
    )
    records = [appointment(f"A{n}", f"P{n}", at=at(n)) for n in (1, 2, 3)]
    _, case = run_scene(
        tmp_path,
        catalogue=rule(replay, '{ from = "query:from" }'),
        settings=HEAD + REGISTRY + (RECORDS + 'at = "at"\nvalid_from = "since"\n') + KNOWN,
        events=[search(1, "from=2024-06-11T12:02:00Z")],
        registry=smiths(3),
        records=records,
    )
    assert values(
        case, "disclosures", "registry", "person", "record_type", "record", "certainty", "data_from"
    ) == [
        ("patients", "P2", "appointment", "A2", "reconstructed", at(2)),
        ("patients", "P3", "appointment", "A3", "reconstructed", at(3)),
    ]


@pytest.mark.parametrize(
    "join", ["join appointment a using (person)", "join appointment a on a.person = p.person"]
)
def test_views_are_joined_as_of_the_event(tmp_path: Path, join: str) -> None:
    condition = "a.record = $r and p.family_name = 'Smith'"
    replay = f"select p.person from patients p {join} where {condition} order by p.person"
    registry = [person("P1", family_name="Smith", valid_from=at(2)), person("P2", family_name="Smith")]
    records = [appointment("A1", "P1"), appointment("A1", "P2", valid_until=at(3))]
    _, case = run_scene(
        tmp_path,
        settings=HEAD + REGISTRY + RECORDS + 'valid_from = "since"\n' + KNOWN,
        catalogue=rule(replay, '{ r = "query:r" }'),
        events=[search(n, "r=A1") for n in (1, 2, 3)],
        registry=registry,
        records=records,
    )
    assert persons(case) == {1: {"P2"}, 2: {"P1", "P2"}, 3: {"P1"}}


def test_distinct_counts_a_person_once_on_a_page(tmp_path: Path) -> None:
    plain = "select {} person from appointment where origin <> $o order by person limit 2"
    records = [appointment(f"A{n}", who, origin="site") for n, who in enumerate(["P1", "P1", "P2"])]
    settings = HEAD + REGISTRY + RECORDS + 'origin = "from"\nvalid_from = "since"\n' + KNOWN
    given = {"settings": settings, "records": records}
    parameters = '{ o = "query:o" }'
    assert found(tmp_path / "a", rule(plain.format(""), parameters), "o=x", smiths(2), **given) == {"P1"}
    assert found(tmp_path / "b", rule(plain.format("distinct"), parameters), "o=x", smiths(2), **given) == {
        "P1",
        "P2",
    }


def test_row_without_person_takes_its_place_and_is_a_doubt(tmp_path: Path) -> None:
    replay = "select record from appointment where origin = $o order by record limit 2"
    records = [
        appointment("A1", None, origin="site"),
        appointment("A2", "P2", origin="site"),
        appointment("A3", "P3", origin="site"),
    ]
    _, case = run_scene(
        tmp_path,
        settings=HEAD + REGISTRY + RECORDS + 'origin = "from"\n' + KNOWN,
        catalogue=rule(replay, '{ o = "query:o" }'),
        events=[search(1, "o=site")],
        registry=smiths(3),
        records=records,
    )
    assert persons(case) == {1: {"P2"}}
    assert values(case, "doubts", "kind", "names") == [("partial", 1)]


@pytest.mark.parametrize(
    "replay",
    [
        "select count(*) from patients",
        "select family_name from patients",
        "select person from patients group by person",
        "select person from patients where person in (select person from patients)",
        "select person from patients union select person from patients",
        "with t as (select 1) select person from patients",
        "select person from patients left join appointment on true",
        "select person from read_csv('/etc/passwd')",
        "select person from events",
        "select person from patients where random() < 0.5",
        "select person from patients where getenv('HOME') = $name",
        "select person from patients where birth_date < current_date",
        "select person from patients; drop table patients",
        "select person from patients where",
        "select person from patients order by 1",
        "select person from patients limit 10%",
        "select person from patients limit family_name",
        "select person from patients, appointment where true",
        "select distinct person from patients order by family_name",
        "select person from patients where family_name = $unknown",
        "select person, row_number() over () from patients",
        "delete from patients",
        "",
    ],
)
def test_replay_outside_the_class_is_refused_when_the_catalogue_is_read(tmp_path: Path, replay: str) -> None:
    with open_scene(tmp_path, catalogue=rule(replay)) as case, pytest.raises(InputError) as error:
        run(case)
    assert error.value.code == "bad_replay"
    assert "number 1" in error.value.what


@pytest.mark.parametrize("origin", ["query:", "cookie:name", "detail:q", "event:colour", "name"])
def test_parameter_from_nowhere_is_refused(tmp_path: Path, origin: str) -> None:
    catalogue = rule(parameters=f'{{ name = "{origin}", page = "query:page" }}')
    with open_scene(tmp_path, catalogue=catalogue) as case, pytest.raises(InputError) as error:
        run(case)
    assert error.value.code == "bad_replay"


@pytest.mark.parametrize(
    "condition", ["original.wrad = $name", "birth_date like $name", "family_name * 2 = $name"]
)
def test_replay_that_the_tables_cannot_answer_is_refused(tmp_path: Path, condition: str) -> None:
    catalogue = rule(f"select person from patients where {condition}", NAME)
    registry = [person("P1", original='{"ward": "B"}')]
    scene = open_scene(tmp_path, catalogue=catalogue, events=[search(1, "name=x")], registry=registry)
    with scene as case, pytest.raises(InputError) as error:
        run(case)
    assert error.value.code == "bad_replay"


@pytest.mark.parametrize("value", ["' or 1=1 --", "%", "_____", '"; drop table x', "\\", "$name", "[a-"])
def test_hostile_values_find_nobody_and_break_nothing(tmp_path: Path, value: str) -> None:
    condition = "family_name = $name and regexp_matches(family_name, $name)"
    replay = f"select person from patients where {condition} order by person"
    assert found(tmp_path, rule(replay, NAME), f"name={quote_plus(value)}", smiths(3)) == set()


def test_many_searches_share_one_answer(tmp_path: Path) -> None:
    events = [search(n, f"name=Smith&page={n % 3}") for n in range(300)]
    report, case = run_scene(tmp_path, catalogue=rule(), events=events, registry=smiths(5))
    assert report.disclosed == 300
    assert persons(case)[299] == {"P5"}
