# SPDX-License-Identifier: Apache-2.0
"""Identifiers held in the engine's memory while a scan runs, to be counted once each: a table for each kind.

`here_*` holds those of the file that is read, as they come; `all_*` those of the files before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from tocsin.scope.profiles.kinds import KINDS
from tocsin.store.engine import Engine

_NUMBERS: Final = tuple(kind for kind in KINDS if kind != "postcode")
LABELS: Final = tuple(
    sorted(
        (
            *("persons", "guardians", "professionals", "local", "ins_test"),
            *_NUMBERS,
            *(f"guardian_{kind}" for kind in _NUMBERS),
        )
    )
)
"""Kinds of identifiers, and persons by what they are to a row."""

Counting = Callable[[Sequence[str]], list[int]]
"""The number that each query gives."""


def prepare(engine: Engine) -> None:
    """Make the tables: every connection of the engine sees them. `found_here` shows those of the file."""
    for label in LABELS:
        for table in ("here", "all"):
            engine.run(f"create or replace table {table}_{label} (value varchar)")
    shown = " union all ".join(f"select '{label}' as kind, value from here_{label}" for label in LABELS)
    engine.run(f"create or replace view found_here as {shown}")
    for name in ("ins_found", "ins_here"):
        engine.run(
            f"create or replace table {name} (ins varchar, birth_date date, sex varchar,"
            " family_name varchar, given_names varchar)"
        )


def hold(engine: Engine, held: Counter[str], label: str, values: str) -> int:
    """Hold what a query gives, one column of text; how many, which `held` adds up."""
    count = engine.count(f"insert into here_{label} {values}")
    if count:
        held[label] += count
    return count


def count_distinct(numbers: Counting, table: str, held: Iterable[str]) -> dict[str, int]:
    """Distinct values of these kinds, of `here` or `all`, in order of kind."""
    labels = sorted(held)
    counts = numbers([f"select count(distinct value) from {table}_{label}" for label in labels])
    return dict(zip(labels, counts, strict=True))


def keep_distinct(engine: Engine, held: Iterable[str]) -> None:
    """Each identifier of the file once."""
    for label in held:
        engine.run(f"create or replace table here_{label} as select distinct value from here_{label}")


def keep_found(engine: Engine, held: Collection[str]) -> None:
    """Lay the identifiers of a file, of these kinds, with those of all."""
    for label in held:
        engine.run(f"insert into all_{label} select distinct value from here_{label}")
        engine.run(f"truncate here_{label}")
    if {"ins", "ins_test"} & set(held):
        engine.run("insert into ins_found select distinct * from ins_here")
        engine.run("truncate ins_here")


def count_contradictory(engine: Engine, relation: str) -> int:
    """INS with several birth dates or sexes, or with several names and given names both: one of the two
    alone differs where somebody married, or where only the first given name was noted."""
    return engine.count(
        f"select count(*) from (select ins from {relation} group by ins"
        " having count(distinct birth_date) > 1 or count(distinct sex) > 1"
        " or (count(distinct family_name) > 1 and count(distinct given_names) > 1))"
    )
