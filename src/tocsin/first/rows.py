# SPDX-License-Identifier: Apache-2.0
"""Rows of a query as facts: the query's columns stand in the order of the fact's fields."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from tocsin.first.facts import Fact
from tocsin.first.prepare import PACKAGE
from tocsin.store.engine import Engine, Row, Value
from tocsin.store.query import load_query

F = TypeVar("F", bound=Fact)


def facts_of(engine: Engine, fact: type[F], query: str, /, **binds: Value) -> list[F]:
    """Every row of a query of this package."""
    rows = engine.rows(load_query(PACKAGE, query), **binds)
    names = [field.name for field in msgspec.structs.fields(fact)]
    return [_fact(fact, names, row) for row in rows]


def fact_of(engine: Engine, fact: type[F], query: str, /, **binds: Value) -> F:
    """The only row of a query of this package."""
    [found] = facts_of(engine, fact, query, **binds)
    return found


def _fact(fact: type[F], names: list[str], row: Row) -> F:
    return msgspec.convert(dict(zip(names, row, strict=True)), fact)
