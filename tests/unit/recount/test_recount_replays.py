# SPDX-License-Identifier: Apache-2.0
"""Searches replayed in SQLite: pages, ties, tables as they were, parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.recount.small_case import PATIENTS, act, write_case
from tocsin.recount import CannotRecount, list_rows, recount
from tocsin.recount.replay import Found, cut_page, read_query

RULE = """
[[shows]]
source = "app"
action = "search"
registry = "patients"
parameters = {{ ward = "query:ward", page = {{ from = "query:page", default = "0" }} }}
replay = "{sql}"
collation = "binary"
categories = ["identity.name"]
"""
BY_WARD = (
    "select person from patients where original.ward = $ward "
    "order by family_name, person limit 2 offset 2 * cast($page as integer)"
)


def search(
    folder: Path,
    query: str,
    sql: str = BY_WARD,
    *,
    patients: str = PATIENTS,
    at: str = "09:10:00",
    items: int | None = None,
) -> list[tuple[object, ...]]:
    """Person and certainty of what one search disclosed, or where the event ended instead."""
    line = act(at, action="search", query=query, items=items)
    recounted = recount(write_case(folder, [line], catalogue=RULE.format(sql=sql), patients=patients))
    ended: list[tuple[object, ...]] = [
        (row["person"], row["certainty"]) for row in list_rows(recounted, "disclosures")
    ]
    ended += [(row["reason"],) for row in list_rows(recounted, "nothing_shown")]
    ended += [(row["reason"], row["bound"]) for row in list_rows(recounted, "unresolved")]
    return ended


def test_search_discloses_the_page_it_asked_for(tmp_path: Path) -> None:
    assert search(tmp_path, "ward=A") == [("P1", "reconstructed"), ("P2", "reconstructed")]
    assert search(tmp_path, "ward=A&page=1") == [("P3", "reconstructed")]


def test_search_shows_nothing_when_it_finds_nobody(tmp_path: Path) -> None:
    assert search(tmp_path, "ward=Z") == [("empty",)]


def test_search_is_unresolved_when_a_parameter_is_missing(tmp_path: Path) -> None:
    assert search(tmp_path, "page=0") == [("missing_parameter", 2)]
    assert search(tmp_path, "page=0", items=1) == [("missing_parameter", 1)]


def test_parameter_is_there_when_it_is_empty(tmp_path: Path) -> None:
    assert search(tmp_path, "ward=") == [("empty",)]


@pytest.mark.parametrize("page", ["two", "1.5", "-1", ""])
def test_search_is_unresolved_when_its_page_is_senseless(tmp_path: Path, page: str) -> None:
    assert search(tmp_path, f"ward=A&page={page}", items=7) == [("bad_parameter", 2)]


def test_parameter_is_decoded_as_a_form(tmp_path: Path) -> None:
    patients = PATIENTS + "P6,,,,,Faure,Fanny,1955-01-01,Aile É,,\n"
    assert search(tmp_path, "ward=Aile+%C3%89", patients=patients) == [("P6", "reconstructed")]


def test_parameter_is_data_when_it_looks_like_sql(tmp_path: Path) -> None:
    assert search(tmp_path, "ward=A'+or+'1'='1") == [("empty",)]


def test_table_is_seen_as_of_the_event(tmp_path: Path) -> None:
    patients = (
        PATIENTS.replace("Boris,1951-01-01,A,,", "Boris,1951-01-01,A,2024-03-01T09:10:00Z,")
        .replace("Carla,1952-01-01,A,,", "Carla,1952-01-01,A,,2024-03-01T09:10:00Z")
    )  # fmt: skip
    assert [row[0] for row in search(tmp_path, "ward=A", patients=patients)] == ["P1", "P2"]
    earlier = search(tmp_path, "ward=A", patients=patients, at="09:09:59")
    assert [row[0] for row in earlier] == ["P1", "P3"]


def test_absent_values_come_last(tmp_path: Path) -> None:
    patients = PATIENTS.replace("Arnal", "")
    assert [row[0] for row in search(tmp_path, "ward=A", patients=patients)] == ["P2", "P3"]


def test_like_minds_case(tmp_path: Path) -> None:
    sql = "select person from patients where family_name like $ward order by person limit 9"
    assert search(tmp_path, "ward=a%25", sql) == [("empty",)]
    assert search(tmp_path, "ward=A%25", sql) == [("P1", "reconstructed")]


def test_ties_at_the_edge_of_the_page_are_reachable(tmp_path: Path) -> None:
    sql = "select person from patients order by original.ward limit 4"
    assert sorted(search(tmp_path, "ward=A", sql)) == [
        ("P1", "reconstructed"),
        ("P2", "reconstructed"),
        ("P3", "reconstructed"),
        ("P4", "reachable"),
        ("P5", "reachable"),
    ]
    rows = list_rows(recount(tmp_path), "disclosures")
    assert {row["exact"] for row in rows} == {False}


def test_search_of_records_leads_to_their_persons(tmp_path: Path) -> None:
    sql = "select record from visit where origin = $ward order by record limit 9"
    search(tmp_path, "ward=partner", sql)
    rows = list_rows(recount(tmp_path), "disclosures")
    assert [(row["record"], row["person"]) for row in rows] == [("V2", "P2"), ("V3", "P2")]
    assert {row["exact"] for row in rows} == {False}


@pytest.mark.parametrize(
    "sql",
    [
        "select person from patients where family_name ilike $ward order by person limit 2",
        "select person from patients where birth_date > cast($ward as date) order by person limit 2",
        "select person from nowhere where ward = $ward order by person limit 2",
        "select count(*) as n from patients where given_names = $ward",
        "select distinct person from patients where given_names = $ward order by family_name",
    ],
)
def test_recount_stops_when_it_would_not_run_the_replay_the_same(tmp_path: Path, sql: str) -> None:
    with pytest.raises(CannotRecount):
        search(tmp_path, "ward=A", sql)


def test_recount_stops_when_the_collation_is_french(tmp_path: Path) -> None:
    rule = RULE.format(sql=BY_WARD).replace("binary", "fr")
    with pytest.raises(CannotRecount, match="collation"):
        recount(write_case(tmp_path, [act(action="search", query="ward=A")], catalogue=rule))


def test_query_is_taken_apart_at_its_own_tail() -> None:
    query = read_query(
        "select person from patients where person in (select person from visit order by at limit 3) "
        "order by coalesce(used_name, family_name) desc, person limit 4 offset 4 * cast($page as integer)"
    )
    assert query.body.endswith("limit 3)")
    assert query.order == ("coalesce(used_name, family_name) desc nulls last", "person nulls last")
    assert (query.limit, query.offset) == ("4", "4 * cast($page as integer)")


def rows(*keyed: tuple[str, int]) -> list[tuple[Found, tuple[object, ...]]]:
    return [(Found(person, None, True), (key,)) for person, key in keyed]


def test_page_holds_a_tied_person_for_sure_when_its_rows_do_not_fit_beside() -> None:
    found, total = cut_page(rows(("P1", 1), ("P1", 1), ("P2", 1)), 2, 0)
    assert {(one.person, one.certain) for one in found} == {("P1", True), ("P2", False)}
    assert not total


def test_order_is_total_when_only_one_person_ties_with_itself() -> None:
    found, total = cut_page(rows(("P1", 1), ("P1", 1), ("P2", 2)), 1, 0)
    assert [(one.person, one.certain) for one in found] == [("P1", True)]
    assert total


def test_page_is_empty_when_it_lies_beyond_the_end() -> None:
    assert cut_page(rows(("P1", 1)), 5, 5) == ([], True)
