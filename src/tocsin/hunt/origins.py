# SPDX-License-Identifier: Apache-2.0
"""Where a sample can come from: each view, file and registry, with the share of it that it explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tocsin.core.terms import Category
from tocsin.hunt.sample_columns import Column
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.columns import OWN_COLUMNS
from tocsin.scope.matching import hits_sql
from tocsin.scope.run import create_scoped
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE: Final = "tocsin.hunt"


@dataclass(frozen=True, slots=True)
class Origin:
    """One possible origin."""

    kind: str
    """view, file, no_rule or registry."""

    name: str
    """A rule's selectors, a file's name, a request, a registry."""

    columns: int
    """Of the sample's columns that say something of a person, those whose category it shows."""

    of_columns: int
    persons: int
    """Of the sample's identified persons, those whom it showed."""

    of_persons: int
    all_persons: int
    """Whom it showed, in the sample or not."""

    first_at: object = None
    """Of the accesses to the sample's persons."""

    last_at: object = None
    in_order: float | None = None
    """Of neighbours in the sample, the share that was shown in that order."""

    missing: tuple[str, ...] = ()
    """Categories of the sample that it does not show."""

    @property
    def share(self) -> tuple[float, float]:
        """Of persons and of columns, by which origins are ranked."""
        persons = self.persons / self.of_persons if self.of_persons else 0.0
        return persons, self.columns / self.of_columns if self.of_columns else 0.0


def find_origins(
    engine: Engine, rules: Sequence[CompiledRule], columns: Sequence[Column], persons: int
) -> list[Origin]:
    """The origins that hold one of the sample's persons; those that logged accesses explain best come first.

    Reads events, judged, disclosures, persons, registry and what `match` made of the sample.
    """
    needed = {*OWN_COLUMNS, "file_name", *(name for rule in rules for name, _text in rule.selectors)}
    create_scoped(engine, sorted(needed))
    engine.create("rule_hits", hits_sql(rules))
    engine.create("origin_acts", load_query(PACKAGE, "origin_acts"))
    engine.create("origin_persons", load_query(PACKAGE, "origin_persons"))
    categories = _categories(engine)
    logged = [
        _origin(
            str(kind), str(name), figures, categories.get((str(kind), str(name)), set()), columns, persons
        )
        for kind, name, *figures in engine.rows(load_query(PACKAGE, "origin_weights"))
    ]
    named = [_named(one, rules) for one in logged]
    return sorted(named, key=_rank) + _registries(engine, columns, persons)


def _rank(one: Origin) -> tuple[float, float, int, str, str]:
    persons, columns = one.share
    return (-min(persons, columns), -(persons + columns), one.all_persons, one.kind, one.name)


def _origin(
    kind: str,
    name: str,
    figures: Sequence[object],
    categories: set[str],
    columns: Sequence[Column],
    persons: int,
) -> Origin:
    all_persons, in_sample, first_at, last_at, in_order = figures
    missing = _missing(columns, categories)
    told = _telling(columns)
    return Origin(
        kind,
        name,
        columns=sum(column.category not in missing for column in told),
        of_columns=len(told),
        persons=int(str(in_sample)),
        of_persons=persons,
        all_persons=int(str(all_persons)),
        first_at=first_at,
        last_at=last_at,
        in_order=None if in_order is None else float(str(in_order)),
        missing=tuple(missing),
    )


def _registries(engine: Engine, columns: Sequence[Column], persons: int) -> list[Origin]:
    """The registries, taken whole: what no log of an access would show."""
    found = []
    for name, all_persons, in_sample, categories in engine.rows(load_query(PACKAGE, "registry_origins")):
        held = set(categories) if isinstance(categories, list) else set()
        if in_sample:
            figures = (all_persons, in_sample, None, None, None)
            found.append(_origin("registry", str(name), figures, held, columns, persons))
    return found


def _categories(engine: Engine) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for kind, name, category in engine.rows(load_query(PACKAGE, "origin_categories")):
        found.setdefault((str(kind), str(name)), set()).add(str(category))
    return found


def _telling(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.category is not None]


def _missing(columns: Sequence[Column], categories: set[str]) -> list[str]:
    """Whoever asks for a person by a local id has it; what no rule describes may be anything."""
    if Category.UNDETERMINED in categories:
        return []
    known = {*categories, Category.ID_LOCAL}
    return sorted({str(column.category) for column in _telling(columns)} - known)


def _named(one: Origin, rules: Sequence[CompiledRule]) -> Origin:
    if one.kind != "view":
        return one
    rule = next(rule for rule in rules if rule.number == int(one.name))
    told = " · ".join(text for _name, text in rule.selectors) or "*"
    return replace(one, name=f"{rule.number + 1}: {told}")
