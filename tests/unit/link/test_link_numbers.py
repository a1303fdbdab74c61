# SPDX-License-Identifier: Apache-2.0
"""How numbers are read: keys, Corsica, the forms of an INS, test authorities, what is no number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import with_key
from tests.unit.link.people import BORN, MOTHER, alone, child, groups, link, person, together

SPELLINGS = (
    with_key(MOTHER),
    "2 87 07 14 994 007 76",
    f"{with_key(MOTHER)}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS",
    MOTHER,
    f" {with_key(MOTHER)} ",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_link_reads_one_ins_when_it_is_written_otherwise(tmp_path: Path, spelling: str) -> None:
    rows = link(tmp_path, person("1", ins=MOTHER), {"registry": "a", "person": "2", "ins": spelling})
    assert groups(rows, "sure_id") == {together("1", "2")}
    assert [row["false_key"] for row in rows] == [False, False]


@pytest.mark.parametrize("number", ["2951099126111", "253072A073004", "253072B073004", "2790351215189"])
def test_link_tags_no_key_when_it_is_right(tmp_path: Path, number: str) -> None:
    [row] = link(tmp_path, person("1", nir=number, ins=number))
    assert not row["false_key"]


def test_link_takes_the_published_keys_for_right() -> None:
    numbers = ("2951099126111", "253072A073004", "253072B073004", "2790351215189")
    assert [with_key(n)[13:] for n in numbers] == ["93", "43", "70", "89"]


@pytest.mark.parametrize(
    "number", ["170017510112313", "253072A07300444", "000000000000000", "unknown", "12345", "111111111111111"]
)
def test_link_tags_a_number_and_keeps_the_person_when_its_key_is_wrong(tmp_path: Path, number: str) -> None:
    [row] = link(tmp_path, {"registry": "a", "person": "1", "nir": number})
    assert row["false_key"]


@pytest.mark.parametrize(
    "number", ["0000000000000", "1111111111111", "1000000000000", "unknown", "9999999999999", "12345", ""]
)
def test_link_joins_nobody_when_a_number_is_none(tmp_path: Path, number: str) -> None:
    rows = link(
        tmp_path,
        child("1", "Léo", nir=number, ins=number),
        child("2", "Léo", nir=number, ins=number),
    )
    assert groups(rows) == alone("1", "2")


def test_link_keeps_corsica_and_department_19_apart_when_their_keys_are_alike(tmp_path: Path) -> None:
    numbers = ("253072A073004", "2530719073004", "253072B073004", "2530718073004")
    rows = link(tmp_path, *(person(str(at), ins=number) for at, number in enumerate(numbers)))
    assert len(groups(rows)) == 4


def test_link_joins_a_nir_with_and_without_its_key(tmp_path: Path) -> None:
    rows = link(tmp_path, child("1", "Léo"), child("2", "Léo") | {"nir": MOTHER})
    assert groups(rows, "sure_id") == {together("1", "2")}


def test_link_holds_a_merge_for_probable_when_one_ins_has_two_keys(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        person("1", ins=MOTHER),
        {"registry": "a", "person": "2", "ins": MOTHER + "11"},
        person("3", ins=MOTHER),
    )
    assert groups(rows) == {together("1", "2", "3")}
    assert groups(rows, "sure_id") == {together("1", "3"), together("2")}
    assert [row["false_key"] for row in rows] == [False, True, False]


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"])
def test_link_keeps_a_test_identity_apart_when_its_number_is_somebodys(tmp_path: Path, oid: str) -> None:
    rows = link(
        tmp_path,
        person("1", ins=MOTHER, ins_oid="1.2.250.1.213.1.4.8"),
        person("2", ins=MOTHER, ins_oid=oid),
        {"registry": "a", "person": "3", "ins": f"{with_key(MOTHER)}^^^TEST&{oid}&ISO^INS"},
        person("4", ins=MOTHER),
    )
    assert groups(rows) == {together("1", "4"), *alone("2", "3")}
    assert [row["test_identity"] for row in rows] == [False, True, True, False]


def test_link_joins_a_waiting_number_when_two_local_ids_bear_it(tmp_path: Path) -> None:
    nia = "3870714994007"
    rows = link(tmp_path, person("1", ins=nia, ins_oid="1.2.250.1.213.1.4.9"), person("2", ins=nia))
    assert groups(rows) == {together("1", "2")}


def test_link_keeps_numbers_of_two_authorities_apart_when_they_are_alike(tmp_path: Path) -> None:
    rows = link(
        tmp_path,
        person("1", ins=MOTHER, ins_oid="1.2.3"),
        person("2", ins=MOTHER, ins_oid="1.2.3"),
        person("3", ins=MOTHER, birth_date=BORN),
    )
    assert groups(rows) == {together("1", "2"), *alone("3")}
