# SPDX-License-Identifier: Apache-2.0
"""What the columns of a sample are: as a person says, by the ids that the case knows, by shape, by name.

A name that the values contradict is not believed. What is not known stays unknown, and is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.field_names import Field, field_of
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.hunt.sample import Sample
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE: Final = "tocsin.hunt"
ENOUGH: Final = 0.5
"""Of a column's values, the share that must be of its kind."""

COLUMNS: Final = {
    "person": "id.local",
    "nir": "id.nir",
    "ins": "id.ins",
    "birth_date": "identity.birth_date",
    "family_name": "identity.name",
    "used_name": "identity.name",
    "given_names": "identity.name",
    "sex": "identity.sex",
    "birth_place": "identity.birth_place",
    "phone": "contact.phone",
    "email": "contact.email",
    "address": "contact.address",
    "postcode": "contact.address",
    "city": "contact.address",
    "country": "contact.address",
}
"""Columns of ours that a sample's may be, and the category of each."""

_SHAPES: Final = ("nir", "birth_date", "phone", "email")
_KNOWN_IN: Final = ("person", "nir", "ins", "family_name", "used_name", "given_names", "birth_date")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sample."""

    place: int
    """From 1."""

    name: str
    ours: str | None
    """Of COLUMNS, or `record:<name>`; null when it is neither."""

    category: str | None
    """What it says of a person; null when that is not known."""

    basis: str
    """confirmed, ids, shape, header, contradicted or unknown."""

    filled: int
    distinct: int
    fitting: int
    """Values of the shape that its kind has; all, where the kind has none."""

    known: int
    """Distinct values that the case's registries or records hold in such a column."""

    @property
    def sql(self) -> str:
        """Of the table `sample`."""
        return f"c{self.place}"


def read_columns(
    engine: Engine, sample: Sample, confirmed: Mapping[str, str], records: Sequence[str]
) -> list[Column]:
    """What each column is; reads `sample`, `registry` and `records`.

    `confirmed` maps a column's name to ours, to a category, to `record:<name>` or to `ignore`. Raises
    InputError for a name that is not there.
    """
    _check(sample, confirmed, records)
    found: list[Column] = []
    for place, name in enumerate(sample.names, start=1):
        facts = _facts(engine, f"c{place}")
        taken = {column.ours for column in found if column.ours is not None}
        found.append(_column(place, name, facts, confirmed.get(name), taken))
    return found


def _column(place: int, name: str, facts: Mapping[str, int], said: str | None, taken: set[str]) -> Column:
    ours, category, basis = _kind(name, facts, said, taken)
    shape = {"ins": "nir"}.get(ours or "", ours or "")
    return Column(
        place,
        name,
        ours,
        category,
        basis,
        facts["filled"],
        facts["distinct_values"],
        facts[f"is_{shape}"] if shape in _SHAPES else facts["filled"],
        facts.get(f"known_{ours}", 0) if not (ours or "").startswith("record:") else facts.get(ours or "", 0),
    )


def _kind(
    name: str, facts: Mapping[str, int], said: str | None, taken: set[str]
) -> tuple[str | None, str | None, str]:
    """(ours, category, basis)."""
    if said is not None:
        return (*_confirmed(said), "confirmed")
    header = field_of(name)
    if header is not None and header.column not in (None, "person"):
        return _by_header(header, facts)
    by_ids = _by_ids(name, facts, taken)
    if by_ids is not None:
        return by_ids, COLUMNS.get(by_ids), "ids"
    if header is not None:
        return _by_header(header, facts)
    by_shape = _by_shape(facts, taken)
    return (by_shape, COLUMNS[by_shape], "shape") if by_shape else (None, None, "unknown")


def _confirmed(said: str) -> tuple[str | None, str | None]:
    if said in COLUMNS:
        return said, COLUMNS[said]
    return (said, None) if said.startswith("record:") else (None, None if said == "ignore" else said)


def _by_header(header: Field, facts: Mapping[str, int]) -> tuple[str | None, str | None, str]:
    shape = {"ins": "nir"}.get(header.column or "", header.column or "")
    if shape in _SHAPES and facts[f"is_{shape}"] < ENOUGH * facts["filled"]:
        return None, None, "contradicted"
    return header.column, header.category, "header"


def _by_ids(name: str, facts: Mapping[str, int], taken: set[str]) -> str | None:
    """A local id or a record, when half of the distinct values are; never the mere number of the row."""
    if not facts["distinct_values"] or facts["is_row_number"] == facts["filled"]:
        return None
    hits = {"person": facts["known_person"]} | {k: n for k, n in facts.items() if k.startswith("record:")}
    most = max(hits.values())
    best = [ours for ours, number in hits.items() if number == most]
    if most < ENOUGH * facts["distinct_values"]:
        return None
    named = [ours for ours in best if ours.removeprefix("record:").lower() in name.lower()]
    chosen = named or best
    return chosen[0] if len(chosen) == 1 and chosen[0] not in taken else None


def _by_shape(facts: Mapping[str, int], taken: set[str]) -> str | None:
    """By the form of nearly all values; a date is a birth date when the registry knows half of them so."""
    enough = 0.8 * facts["filled"]
    if not facts["filled"]:
        return None
    if facts["is_nir"] >= enough:
        chosen = "ins" if facts["known_ins"] > facts["known_nir"] else "nir"
        return chosen if chosen not in taken else None
    for shape in ("email", "phone"):
        if facts[f"is_{shape}"] >= enough:
            return shape if shape not in taken else None
    half = ENOUGH * facts["distinct_values"]
    for ours in ("birth_date", "family_name", "used_name", "given_names"):
        if facts[f"known_{ours}"] >= half and ours not in taken:
            return ours
    return None


def _facts(engine: Engine, column: str) -> dict[str, int]:
    """Shapes of a column's values, and how many distinct ones the case knows, by kind."""
    engine.view("sample_values", f"select row, {quote(column)} as value from sample")
    [row] = engine.rows(load_query(PACKAGE, "column_shapes"))
    names = ("filled", "distinct_values", "is_nir", "is_birth_date", "is_phone", "is_email", "is_row_number")
    facts = dict(zip(names, (int(str(number)) for number in row), strict=True))
    [known] = engine.rows(load_query(PACKAGE, "column_known"))
    facts |= dict(zip((f"known_{n}" for n in _KNOWN_IN), (int(str(n)) for n in known), strict=True))
    for kind, number in engine.rows(load_query(PACKAGE, "column_records")):
        facts[f"record:{kind}"] = int(str(number))
    return facts


def _check(sample: Sample, confirmed: Mapping[str, str], records: Sequence[str]) -> None:
    known = [*COLUMNS, *(f"record:{name}" for name in records), "ignore", *(c.value for c in Category)]
    for theirs, ours in confirmed.items():
        if theirs not in sample.names:
            raise InputError(
                _("There is no column '{name}'."),
                do=suggest(theirs, list(sample.names)),
                where=sample.path,
                code="no_column",
                name=theirs,
            )
        if ours not in known:
            raise InputError(
                _("A column cannot be '{name}'."), do=suggest(ours, known), code="unknown_column", name=ours
            )
