# SPDX-License-Identifier: Apache-2.0
"""Whom to tell, by which way, why, and what is wrong with their contact data."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, put, rows_of
from tests.unit.notify.scenes import exposed, person, told_case
from tocsin.core.errors import InputError
from tocsin.notify.run import run


def routed(tmp_path: Path, *rows: dict[str, object], settings: str = "") -> list[dict[str, object]]:
    with told_case(tmp_path / "case", rows, settings=settings) as case:
        found = run(case)
        assert sum(way.persons for way in found.ways) == found.to_inform == len(rows)
        return rows_of(case, "recipients")


def ways(rows: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["channel"], row["reason"]) for row in rows]


def test_person_is_told_by_email_when_the_mailbox_can_be_used(tmp_path: Path) -> None:
    [row] = routed(tmp_path, person(1))
    assert (row["channel"], row["reason"], row["email"]) == ("email", "best_way", "p1@example.com")
    assert row["lines"] == ["ANNE DURAND1", "1 rue des Lices", "35000 RENNES"]


def test_person_is_told_by_post_when_post_is_preferred(tmp_path: Path) -> None:
    with told_case(tmp_path / "case", [person(1), person(2, address=None)], notify='prefer = "post"') as case:
        run(case)
        assert ways(rows_of(case, "recipients")) == [("post", "best_way"), ("email", "best_way")]


@pytest.mark.parametrize(
    ("email", "fault"),
    [
        ("p1", "email_malformed"),
        ("p1@example", "email_malformed"),
        ("a..b@example.com", "email_malformed"),
        ("a b@example.com", "email_malformed"),
        ("a@example.com\nBcc: eve@example.com", "email_not_ascii"),
        ("\u202ea@example.com", "email_not_ascii"),
        ("hélène@example.com", "email_not_ascii"),
        ("noreply@example.com", "email_placeholder"),
        ("<a@example.com>", "email_malformed"),
    ],
)
def test_wrong_mailbox_is_named_and_the_letter_goes_instead(tmp_path: Path, email: str, fault: str) -> None:
    [row] = routed(tmp_path, person(1, email=email))
    assert (row["channel"], row["reason"], row["faults"]) == ("post", "email_wrong", [fault])


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("1 rue des Lices, 35000, Rennes", ["1 rue des Lices", "35000 RENNES"]),
        ("1 rue des Lices 35000 Rennes", ["1 rue des Lices", "35000 RENNES"]),
        ("Bât. B\n1 rue des Lices\n35000 Saint-Éloi", ["Bât. B", "1 rue des Lices", "35000 SAINT-ELOI"]),
        ("1 rue des Lices, 35000 Rennes, France", ["1 rue des Lices", "35000 RENNES"]),
        ("Rue Haute 12, 1000 Bruxelles, Belgique", ["Rue Haute 12", "1000 Bruxelles", "BELGIQUE"]),
        (
            "Résidence des Grands Chênes de la Vallée Verte appartement 12, 1 rue X, 20000 Ajaccio",
            ["Résidence des Grands Chênes de la", "Vallée Verte appartement 12", "1 rue X", "20000 AJACCIO"],
        ),
    ],
)
def test_address_becomes_lines_of_an_envelope(tmp_path: Path, address: str, lines: list[str]) -> None:
    [row] = routed(tmp_path, person(1, email=None, address=address))
    assert row["lines"] == ["ANNE DURAND1", *lines]
    assert row["channel"] == "post"


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("1 rue des Lices, Rennes", "address_no_postcode"),
        ("1 rue des Lices, 99999 Rennes", "address_bad_postcode"),
        ("35000 Rennes", "address_no_street"),
        ("a, b, c, d, e, f, 35000 Rennes", "address_too_long"),
        ("x" * 39 + ", 35000 Rennes", "address_too_long"),
        ("Belgique", "address_incomplete"),
    ],
)
def test_wrong_address_is_named_and_nothing_is_written_to_it(
    tmp_path: Path, address: str, fault: str
) -> None:
    [row] = routed(tmp_path, person(1, email=None, address=address))
    assert (row["channel"], row["reason"], row["faults"]) == ("none", "contact_wrong", [fault])


def test_surname_of_120_characters_is_wrapped_or_refused(tmp_path: Path) -> None:
    words = " ".join(["Montmorency"] * 10)
    wrapped, refused = routed(
        tmp_path, person(1, email=None, family_name=words), person(2, email=None, family_name="x" * 120)
    )
    assert wrapped["channel"] == "post"
    lines = wrapped["lines"]
    assert isinstance(lines, list)
    assert max(map(len, lines)) <= 38
    assert len(lines) <= 6
    assert (refused["channel"], refused["faults"]) == ("none", ["address_too_long"])


def test_the_dead_are_not_written_to_unless_represented(tmp_path: Path) -> None:
    found = routed(
        tmp_path, person(1, deceased=True), person(2, deceased=True, guardian="P000003"), person(3)
    )
    assert ways(found)[:2] == [("suppressed", "deceased"), ("email", "representative")]
    assert found[1]["email"] == "p3@example.com"


def test_minor_is_told_through_whoever_represents_them(tmp_path: Path) -> None:
    born = date(2015, 1, 1)
    found = routed(
        tmp_path,
        person(1, birth_date=born, guardian="P000004"),
        person(2, birth_date=born),
        person(3, birth_date=born, address=None),
        person(4),
        person(5, guardian="P999999"),
    )
    assert ways(found) == [
        ("email", "representative"),
        ("post", "minor_by_post"),
        ("none", "minor_without_address"),
        ("email", "best_way"),
        ("none", "representative_unknown"),
    ]
    assert found[0]["name"] == "Anne Durand1"
    assert found[1]["lines"] == [
        "AUX REPRESENTANTS LEGAUX DE ANNE",
        "DURAND2",
        "2 rue des Lices",
        "35000 RENNES",
    ]


def test_mailbox_of_many_is_nobody_s(tmp_path: Path) -> None:
    rows = [person(number, email="accueil@ehpad.example") for number in range(1, 8)]
    assert set(ways(routed(tmp_path, *rows))) == {("post", "mailbox_shared")}


def test_persons_at_one_address_have_each_their_own(tmp_path: Path) -> None:
    found = routed(tmp_path, person(1, email="both@example.com"), person(2, email="both@example.com"))
    assert ways(found) == [("email", "best_way")] * 2
    assert [row["mailbox_persons"] for row in found] == [2, 2]


def test_person_with_two_mailboxes_is_told_once_at_the_one_that_holds_now(tmp_path: Path) -> None:
    old = person(1, email="old@example.com", valid_from=NOON - timedelta(9), valid_until=NOON - timedelta(1))
    with told_case(tmp_path / "case", [person(1)]) as case:
        put(case, registry=[old, person(1, valid_from=NOON - timedelta(1))])
        run(case)
        [row] = rows_of(case, "recipients")
        assert (row["email"], row["mailboxes"]) == ("p1@example.com", 2)


def test_rule_suppresses_by_list_and_by_category_and_is_named(tmp_path: Path) -> None:
    rules = (
        '[[notify.suppress]]\nname = "secret"\nwhy = "Care in secret"\npaths = ["secret.csv"]\n'
        '[[notify.suppress]]\nname = "ward"\nwhy = "By hand"\ncategories = ["health.reason"]\n'
    )
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "secret.csv").write_text("person\nP000001\n", "utf-8")
    exposure = [*exposed(1), *exposed(2, "health.reason"), *exposed(3)]
    rows = [person(1), person(2), person(3)]
    with told_case(folder, rows, settings=rules, exposure=exposure) as case:
        run(case)
        assert [row["rule"] for row in rows_of(case, "recipients")] == ["secret", "ward", None]


def test_list_of_a_rule_that_is_not_there_stops_everything(tmp_path: Path) -> None:
    rule = '[[notify.suppress]]\nname = "secret"\nwhy = "x"\npaths = ["none.csv"]\n'
    with told_case(tmp_path / "case", [person(1)], settings=rule) as case, pytest.raises(InputError):
        run(case)


def test_only_the_persons_of_the_count_chosen_are_told(tmp_path: Path) -> None:
    exposure = [*exposed(1), *exposed(2, count_in="best"), *exposed(3, count_in="ceiling")]
    with told_case(tmp_path / "case", [person(1), person(2), person(3)], exposure=exposure) as case:
        assert run(case).to_inform == 2


def test_person_outside_the_registry_has_no_way(tmp_path: Path) -> None:
    with told_case(tmp_path / "case", [person(1), person(2)]) as case:
        put(case, registry=[person(1)])
        run(case)
        assert ways(rows_of(case, "recipients"))[1] == ("none", "not_in_registry")


def test_running_again_changes_nothing(tmp_path: Path) -> None:
    with told_case(tmp_path / "case", [person(1), person(2, email=None)]) as case:
        run(case)
        before = case.generation.number
        run(case)
        assert case.generation.number == before
