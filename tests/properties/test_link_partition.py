# SPDX-License-Identifier: Apache-2.0
"""Linkage makes the partition that a naive union-find over all pairs makes, on random registries."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import make_case, rows_of, with_key
from tocsin.link.run import run

NUMBERS = [with_key(f"{sex}80029399100{order}") for sex in "12" for order in "12"]
NAMES = ["JEAN", "JEAN PIERRE", "Jean-Pierre Marie", "Jean Luc", "LÉO", "Leo", None]
DATES = [date(2015, 9, 1), date(2019, 2, 11), None]


@dataclass(frozen=True)
class Bearer:
    """One registry row, read as the rules read it."""

    node: str
    ins: str | None
    nir: str | None
    born: date | None
    given: tuple[str, ...]
    rank: int | None


def read(row: dict[str, object]) -> Bearer:
    given = str(row["given_names"] or "").upper().replace("É", "E").replace("-", " ")
    return Bearer(
        str(row["person"]),
        row["ins"],  # type: ignore[arg-type]
        row["nir"],  # type: ignore[arg-type]
        row["birth_date"],  # type: ignore[arg-type]
        tuple(given.split()),
        row["birth_rank"],  # type: ignore[arg-type]
    )


def sets_of(nodes: Iterable[str], pairs: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Union-find, as plain as it gets."""
    where = {node: {node} for node in nodes}
    for one, other in pairs:
        if where[one] is not where[other]:
            where[one] |= where[other]
            for node in where[other]:
                where[node] = where[one]
    return {frozenset(one) for one in where.values()}


def naive_pairs(bearers: list[Bearer]) -> Iterator[tuple[str, str, bool]]:
    """Pairs that are one person, and whether for sure."""
    for one, other in itertools.combinations(bearers, 2):
        if one.ins is not None and one.ins == other.ins:
            yield one.node, other.node, True
    families: dict[tuple[str, date], list[Bearer]] = {}
    for bearer in bearers:
        if bearer.nir is not None and bearer.born is not None:
            families.setdefault((bearer.nir, bearer.born), []).append(bearer)
    for family in families.values():
        yield from family_pairs(family)


Class = tuple[tuple[str, ...], int | None, bool]
"""Given names, rank, and whether the rank is missing where two are known."""


def family_pairs(family: list[Bearer]) -> Iterator[tuple[str, str, bool]]:
    classes: dict[Class, list[str]] = {}
    for bearer in family:
        ranks = {b.rank for b in family if b.given == bearer.given} - {None}
        rank = bearer.rank if len(ranks) > 1 else next(iter(ranks), None)
        classes.setdefault((bearer.given, rank, len(ranks) > 1 and bearer.rank is None), []).append(
            bearer.node
        )
    for (names, _, _), nodes in classes.items():
        yield from ((nodes[0], node, bool(names)) for node in nodes[1:])
    around = {one: [other for other in classes if fits(one, other)] for one in classes}
    clear = {
        one
        for one in classes
        if not one[2] and all(agrees(a, b) for a, b in itertools.combinations(around[one], 2))
    }
    for one, other in itertools.combinations(classes, 2):
        if other in around[one] and {one, other} <= clear:
            yield classes[one][0], classes[other][0], False


def agrees(one: Class, other: Class) -> bool:
    """Whether one given name is a leading part of the other, or the same, and the ranks do not differ."""
    shorter, longer = sorted((one[0], other[0]), key=len)
    ranks = {one[1], other[1]} - {None}
    return longer[: len(shorter)] == shorter and len(ranks) < 2


def fits(one: Class, other: Class) -> bool:
    """Whether two classes that are not of one given name may be one person."""
    return one[0] != other[0] and agrees(one, other)


rows = st.fixed_dictionaries(
    {
        "registry": st.just("a"),
        "person": st.sampled_from([f"p{at:02d}" for at in range(14)]),
        "ins": st.sampled_from([*NUMBERS, None, None, None]),
        "nir": st.sampled_from([NUMBERS[0], NUMBERS[1], NUMBERS[1], None]),
        "birth_date": st.sampled_from(DATES),
        "given_names": st.sampled_from(NAMES),
        "birth_rank": st.sampled_from([1, 2, None, None]),
    }
)


@settings(max_examples=12)
@given(st.lists(rows, max_size=24))
def test_partition_is_that_of_a_naive_union_find_when_registries_are_random(
    registry: list[dict[str, object]],
) -> None:
    bearers = list(dict.fromkeys(read(row) for row in registry))
    nodes = {bearer.node for bearer in bearers}
    pairs = [pair for pair in naive_pairs(bearers) if pair[0] != pair[1]]
    with tempfile.TemporaryDirectory() as folder, make_case(Path(folder), registry=registry) as case:
        run(case)
        persons = rows_of(case, "persons")
    assert partition(persons, "sure_id") == sets_of(nodes, [(a, b) for a, b, sure in pairs if sure])
    assert partition(persons, "person_id") == sets_of(nodes, [(a, b) for a, b, _ in pairs])
    for row in persons:
        same = [one["own_id"] for one in persons if one["person_id"] == row["person_id"]]
        assert row["person_id"] == min(same)  # type: ignore[type-var]


def partition(persons: list[dict[str, object]], number: str) -> set[frozenset[str]]:
    found: dict[object, set[str]] = {}
    for row in persons:
        found.setdefault(row[number], set()).add(str(row["person"]))
    return {frozenset(one) for one in found.values()}
