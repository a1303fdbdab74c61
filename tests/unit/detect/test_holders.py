# SPDX-License-Identifier: Apache-2.0
"""The ranges that hold an address, apart, within one another, crossing or alike: as when each is compared."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from tocsin.detect.holders import LAYERS, find_holders
from tocsin.store.engine import Engine

Ranges = list[tuple[int, int]]


def digits(number: int) -> str:
    return f"{number:032x}"


def holders(ranges: Ranges, addresses: range, layers: int = LAYERS) -> set[tuple[int, int, int]]:
    with Engine() as engine:
        engine.register(
            "address_ranges",
            pa.table(
                {
                    "first_address": [digits(first) for first, _last in ranges],
                    "last_address": [digits(last) for _first, last in ranges],
                }
            ),
        )
        engine.register(
            "address_digits",
            pa.table({"address": [str(n) for n in addresses], "digits": [digits(n) for n in addresses]}),
        )
        find_holders(engine, layers)
        rows = engine.rows("select address, first_address, last_address from address_holders")
    found = [(int(str(a)), int(str(first), 16), int(str(last), 16)) for a, first, last in rows]
    assert len(found) == len(set(found))
    return set(found)


def compared(ranges: Ranges, addresses: range) -> set[tuple[int, int, int]]:
    return {(a, first, last) for a in addresses for first, last in ranges if first <= a <= last}


def drawn(seed: int) -> Ranges:
    """Some apart, some within others, some crossing, some twice."""
    rng = random.Random(seed)
    firsts = [rng.randrange(200) for _ in range(rng.randrange(1, 40))]
    found = [(first, first + rng.choice((0, 1, 3, 9, 60))) for first in firsts]
    return found + found[:3]


@pytest.mark.parametrize("seed", range(12))
def test_holders_are_those_found_by_comparing_each(seed: int) -> None:
    ranges, addresses = drawn(seed), range(270)
    assert holders(ranges, addresses) == compared(ranges, addresses)


def test_holders_are_the_same_when_ranges_lie_deeper_than_layers() -> None:
    nested = [(n, 100 - n) for n in range(20)]
    crossing = [(200 + n, 230 + n) for n in range(20)]
    addresses = range(260)
    assert holders(nested + crossing, addresses, layers=3) == compared(nested + crossing, addresses)


def test_nothing_is_held_where_no_range_is_told() -> None:
    assert holders([(5, 4)][:0], range(3)) == set()
