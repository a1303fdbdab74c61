# SPDX-License-Identifier: Apache-2.0
"""Registry rows for the tests of linkage, and what linkage makes of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.made_case import make_case, rows_of, with_key
from tocsin.link.run import run

MOTHER = "2870714994007"
FATHER = "1800293991024"
BORN = date(2015, 9, 1)
LATER = date(2019, 2, 11)

REGISTRY = '[[registries]]\nname = "a"\npaths = ["a.csv"]\n[registries.columns]\nperson = "id"\n'
OTHER_REGISTRY = REGISTRY.replace('"a"', '"b"')

Person = dict[str, object]


def person(local_id: str, registry: str = "a", **traits: object) -> Person:
    """One registry row; `nir` and `ins` of 13 characters get their right key."""
    for number in ("nir", "ins"):
        text = traits.get(number)
        if isinstance(text, str) and len(text) == 13:
            traits[number] = with_key(text)
    return {"registry": registry, "person": local_id, **traits}


def child(local_id: str, given: str | None, rank: int | None = None, **traits: object) -> Person:
    """A child under the mother's NIR, born on BORN unless said otherwise."""
    return person(
        local_id, **({"nir": MOTHER, "birth_date": BORN, "given_names": given, "birth_rank": rank} | traits)
    )


def link(folder: Path, *people: Person, disclosures: list[Person] | None = None) -> list[dict[str, object]]:
    """The table of persons that these registry rows make."""
    with make_case(folder, settings=REGISTRY, registry=people, disclosures=disclosures or []) as case:
        run(case)
        return rows_of(case, "persons")


def conflicts_of(folder: Path, *people: Person) -> list[dict[str, object]]:
    """The conflicts that these registry rows make."""
    with make_case(folder, settings=REGISTRY, registry=people, disclosures=[]) as case:
        run(case)
        return rows_of(case, "conflicts")


def groups(rows: list[dict[str, object]], number: str = "person_id") -> set[frozenset[str]]:
    """The partition of local ids that a number makes."""
    found: dict[object, set[str]] = {}
    for row in rows:
        found.setdefault(row[number], set()).add(str(row["person"]))
    return {frozenset(one) for one in found.values()}


def alone(*local_ids: str) -> set[frozenset[str]]:
    """Each of them a person."""
    return {frozenset([one]) for one in local_ids}


def together(*local_ids: str) -> frozenset[str]:
    """All of them one person."""
    return frozenset(local_ids)
