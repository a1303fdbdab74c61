# SPDX-License-Identifier: Apache-2.0
"""Where a query stands within a statement that is written anew: what is around it, what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tocsin.scope.sql.relations import Scope

Ctes = Mapping[str, "Cte"]


@dataclass(frozen=True, slots=True)
class Cte:
    """A query that a `with` names, and what it may itself name."""

    query: exp.Query
    known: Ctes
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a query stands."""

    outer: Scope | None = None
    ctes: Ctes = field(default_factory=dict)
    keep: bool = True
    """The rows behind its rows are wanted."""

    widens: bool = True
    """More rows than it gave would only show more persons."""

    order: tuple[exp.Ordered, ...] = ()
    flat: bool = True
    """It answers all calls at once; else it stands within one call, as a subquery of an expression does."""
