# SPDX-License-Identifier: Apache-2.0
"""Which local ids are one person: numbers join, dates, names and ranks keep apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.link.people import (
    BORN,
    FATHER,
    LATER,
    MOTHER,
    Person,
    alone,
    child,
    conflicts_of,
    groups,
    link,
    person,
    together,
)


def test_link_makes_one_person_of_two_local_ids_when_they_bear_the_same_ins(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        person("1", ins=MOTHER, given_names="Hélène", birth_date=BORN),
        person("2", ins=MOTHER, given_names="HELENE", birth_date=BORN),
    )
    assert groups(rows) == {together("1", "2")}
    assert [(row["reason"], row["sure"]) for row in rows] == [("ins", True), ("ins", True)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jean-Pierre", "JEAN PIERRE"),
        ("Hélène", "helene"),
        ("Lætitia", "LAETITIA"),
        ("N'Golo", "N’GOLO"),
        ("Jean, Pierre", "jean  pierre "),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_link_makes_one_person_for_sure_when_given_names_are_written_otherwise(
    tmp_path: Path, one: str, other: str
) -> None:
    rows = link(tmp_path, child("1", one, 1), child("2", other))
    assert groups(rows, "sure_id") == {together("1", "2")}
    assert rows[1]["reason"] == "nir_birth_given"


def test_link_keeps_twins_apart_when_only_their_given_names_differ(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Léo", 1), child("2", "Léa", 2), child("3", "LEO", 1))
    assert groups(rows) == {together("1", "3"), together("2")}


def test_link_keeps_twins_apart_when_only_their_ranks_differ(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Camille", 1), child("2", "Camille", 2))
    assert groups(rows) == alone("1", "2")


def test_link_joins_neither_when_a_rank_not_known_could_be_either_twin(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Camille", 1), child("2", "Camille", 2), child("3", "Camille"))
    assert groups(rows) == alone("1", "2", "3")


def test_link_keeps_parents_and_children_apart_when_they_share_one_number(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        person("P", nir=FATHER, ins=FATHER, given_names="Karim", birth_date=BORN, birth_rank=1),
        person("C", nir=FATHER, given_names="Nour", birth_date=LATER, birth_rank=1),
        person("D", nir=FATHER, given_names="Karim", birth_date=LATER, birth_rank=1),
    )
    assert groups(rows) == alone("P", "C", "D")


def test_link_keeps_homonyms_apart_when_no_number_joins_them(tmp_path: Path) -> None:
    same: Person = {"given_names": "Michel", "family_name": "Durand", "birth_date": BORN}
    assert groups(link(tmp_path, person("1", **same), person("2", **same))) == alone("1", "2")


def test_link_makes_one_person_that_is_only_probable_when_a_given_name_leads_the_other(
    tmp_path: Path,
) -> None:
    rows = link(tmp_path, child("1", "Jean"), child("2", "Jean Pierre"))
    assert groups(rows) == {together("1", "2")}
    assert groups(rows, "sure_id") == alone("1", "2")
    assert [row["sure"] for row in rows] == [True, False]


def test_link_makes_one_person_of_a_chain_when_each_name_leads_the_next(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Jean"), child("2", "Jean Pierre"), child("3", "Jean Pierre Marie"))
    assert groups(rows) == {together("1", "2", "3")}


def test_link_joins_neither_when_a_given_name_leads_two_others(tmp_path: Path) -> None:
    people = (child("1", "Jean"), child("2", "Jean Pierre"), child("3", "Jean Marie"))
    assert groups(link(tmp_path / "a", *people)) == alone("1", "2", "3")
    [conflict] = conflicts_of(tmp_path / "b", *people)
    assert (conflict["kind"], conflict["person_ids"], conflict["local_ids"]) == (
        "given_ambiguous",
        [1, 2, 3],
        3,
    )


def test_link_joins_the_longer_names_when_only_the_short_one_is_ambiguous(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        child("1", "Jean"),
        child("2", "Jean Luc"),
        child("3", "Jean Pierre"),
        child("4", "Jean Pierre Marie"),
    )
    assert groups(rows) == {*alone("1", "2"), together("3", "4")}


def test_link_still_joins_equal_names_when_a_longer_name_is_ambiguous(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        child("1", "Jean", 1),
        child("2", "Jean"),
        child("3", "Jean Pierre"),
        child("4", "Jean Marie"),
    )
    assert groups(rows) == {together("1", "2"), *alone("3", "4")}


def test_link_takes_no_name_for_another_when_they_only_begin_with_the_same_letters(tmp_path: Path) -> None:
    assert groups(link(tmp_path, child("1", "Jean"), child("2", "Jeanne"))) == alone("1", "2")


def test_link_takes_a_name_that_is_missing_for_probable_when_there_is_one_candidate(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Léo"), child("2", None))
    assert groups(rows) == {together("1", "2")}
    assert groups(rows, "sure_id") == alone("1", "2")


def test_link_joins_nobody_on_a_number_when_the_birth_date_is_missing(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Léo", birth_date=None), child("2", "Léo", birth_date=None))
    assert groups(rows) == alone("1", "2")


def test_link_counts_a_local_id_once_when_it_has_a_history(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        child("1", "Léo", family_name="Avant"),
        child("1", "Léo", family_name="Après"),
        child("1", "Léo", ins=MOTHER),
        person("2", ins=MOTHER),
    )
    assert groups(rows) == {together("1", "2")}
    assert len(rows) == 2


def test_link_follows_a_chain_of_numbers_when_no_single_one_joins_all(tmp_path: Path) -> None:
    people = [person("0", ins="1000000000101", nir="1000000000201", birth_date=BORN, given_names="Léo")]
    for at in range(1, 40):
        ins, nir = 101 + at // 2, 201 + (at + 1) // 2
        people.append(
            person(
                f"{at:02d}",
                ins=f"1{ins:012d}",
                nir=f"1{nir:012d}",
                birth_date=BORN,
                given_names="Léo",
            )
        )
    rows = link(tmp_path, *people)
    assert len(groups(rows)) == 1
    assert {row["person_id"] for row in rows} == {1}


def test_link_lists_a_conflict_when_one_ins_has_two_birth_dates(tmp_path: Path) -> None:
    people = (person("1", ins=MOTHER, birth_date=BORN), person("2", ins=MOTHER, birth_date=LATER))
    assert groups(link(tmp_path / "a", *people)) == {together("1", "2")}
    [conflict] = conflicts_of(tmp_path / "b", *people)
    assert (conflict["kind"], conflict["local_ids"]) == ("ins_contradictory", 2)


def test_link_lists_a_conflict_when_one_number_and_given_name_have_two_births(tmp_path: Path) -> None:
    people = (child("1", "Tom"), child("2", "Tom Léo", birth_date=LATER), child("3", "Zoé", birth_date=LATER))
    [conflict] = conflicts_of(tmp_path, *people)
    assert (conflict["kind"], conflict["person_ids"]) == ("nir_several_births", [1, 2])


def test_link_lists_no_conflict_when_dependants_share_a_number(tmp_path: Path) -> None:
    people = (child("1", "Tom"), child("2", "Zoé", birth_date=LATER), child("3", "Tomas", birth_date=LATER))
    assert conflicts_of(tmp_path, *people) == []
