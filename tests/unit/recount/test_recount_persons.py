# SPDX-License-Identifier: Apache-2.0
"""Which local ids are one person, and which never are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.recount.small_case import write_case
from tocsin.recount import list_rows, recount
from tocsin.recount.persons import read_ins, read_names, read_number

HEAD = "id,nir,ins,ins_oid,rank,name,given,born,ward,since,until\n"
NIR = "287071499400776"


def groups(folder: Path, *rows: str) -> list[list[str]]:
    """Local ids that are one person, from rows `id,nir,ins,ins_oid,rank,given,born`."""
    lines = []
    for row in rows:
        *first, given, born = row.split(",")
        lines.append(",".join([*first, "Garnier", given, born, "", "", ""]))
    recounted = recount(write_case(folder, patients=HEAD + "\n".join(lines) + "\n"))
    found: dict[object, list[str]] = {}
    for one in list_rows(recounted, "persons"):
        found.setdefault(one["person_id"], []).append(str(one["person"]))
    return sorted(found.values())


def test_same_ins_is_one_person(tmp_path: Path) -> None:
    assert groups(tmp_path, f"A,,{NIR},,,Claire,1987-07-07", f"B,,{NIR[:13]},,,CLAIRE,1987-07-07") == [
        ["A", "B"]
    ]


def test_same_number_and_birth_date_and_given_name_is_one_person(tmp_path: Path) -> None:
    assert groups(tmp_path, f"A,{NIR},,,1,Jean-Pierre,1950-05-05", f"B,{NIR},,,,JEAN PIERRE,1950-05-05") == [
        ["A", "B"]
    ]


@pytest.mark.parametrize(
    "other",
    [
        f"B,{NIR},,,1,Claire,2019-02-11",
        f"B,{NIR},,,2,Claire,1987-07-07",
        f"B,{NIR},,,1,Chloé,1987-07-07",
        f"B,{NIR},,,1,,1987-07-07",
        f"B,{NIR},,,1,Claire,",
        "B,,,,1,Claire,1987-07-07",
    ],
)
def test_family_under_one_number_stays_apart(tmp_path: Path, other: str) -> None:
    assert groups(tmp_path, f"A,{NIR},,,1,Claire,1987-07-07", other) == [["A"], ["B"]]


def test_row_that_would_join_twins_joins_neither(tmp_path: Path) -> None:
    twins = (f"A,{NIR},,,1,Jean Marie,2015-09-01", f"B,{NIR},,,2,Jean Paul,2015-09-01")
    assert groups(tmp_path, *twins, f"C,{NIR},,,,Jean,2015-09-01") == [["A"], ["B"], ["C"]]


def test_rows_of_one_local_id_are_one_person_whatever_they_say(tmp_path: Path) -> None:
    assert groups(tmp_path, f"A,{NIR},,,1,Claire,1987-07-07", f"A,{NIR},,,1,Chloé,1988-07-07") == [["A"]]


def test_links_reach_through_others(tmp_path: Path) -> None:
    rows = (f"A,,{NIR},,,X,1987-07-07", f"B,{NIR},{NIR},,,Claire,1987-07-07", f"C,{NIR},,,,Claire,1987-07-07")
    assert groups(tmp_path, *rows) == [["A", "B", "C"]]


def test_identity_of_a_test_joins_nobody(tmp_path: Path) -> None:
    tested = f"B,{NIR},{NIR},1.2.250.1.213.1.4.10,,Claire,1987-07-07"
    assert groups(tmp_path, f"A,{NIR},{NIR},,,Claire,1987-07-07", tested) == [["A"], ["B"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("287071499400776", ("2870714994007", None)),
        ("2 87 07 14 994 007 76", ("2870714994007", None)),
        (
            "149012A99100506^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS",
            ("149012A991005", "1.2.250.1.213.1.4.8"),
        ),
        (None, (None, None)),
    ],
)
def test_ins_is_read_bare_or_with_its_authority(
    text: str | None, expected: tuple[str | None, str | None]
) -> None:
    assert read_ins(text) == expected


def test_number_of_another_length_stays_as_it_is() -> None:
    assert read_number("12-34") == "1234"


def test_names_are_compared_without_accents_case_or_hyphens() -> None:
    assert read_names("Éloïse-Marie D'Arc") == ("ELOISE", "MARIE", "D", "ARC")
    assert read_names("Lætitia Cœurine") == ("LAETITIA", "COEURINE")
