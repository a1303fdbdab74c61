# SPDX-License-Identifier: Apache-2.0
"""Which acts are looked at, and which of them the catalogue covers: by scope's own steps, so that they agree.

Makes `scoped` (the acts, with their kind) and `rule_hits` (event_id, rule). An act is uncovered when its
kind is `open` and no rule hits it: what the report calls uncovered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.errors import InputError
from tocsin.core.settings.catalogue import SELECTORS
from tocsin.core.words import _
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.columns import OWN_COLUMNS
from tocsin.scope.matching import hits_sql
from tocsin.scope.run import create_scoped
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.learn"

COLUMNS = tuple(dict.fromkeys([*OWN_COLUMNS, "bytes", *SELECTORS]))
"""Of the acts: what rules select by, and what a template is measured by; wide ones are left out."""


class Scope(StrEnum):
    """Whose acts."""

    JUDGED = "judged"
    ACCOUNT = "account"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what was done the catalogue describes."""

    events: int
    """All acts, as the report's `scope.events` counts them."""

    uncovered: int
    """Acts that show something which no rule describes."""

    @property
    def share(self) -> float:
        """Uncovered of all; 0 when there is none."""
        return self.uncovered / self.events if self.events else 0.0


def choose_scope(case: Case, account: str | None) -> Scope:
    """The account asked for; else the acts in scope; else, before anybody is suspect, all."""
    if account is not None:
        return Scope.ACCOUNT
    return Scope.JUDGED if case.generation.tables.get("judged") and _has_rows(case) else Scope.ALL


def gather_acts(case: Case, engine: Engine, scope: Scope, account: str | None) -> None:
    """Make `scoped`. The engine holds `events`, and `judged` for the acts in scope.

    Raises InputError for an account that never acts.
    """
    if scope is not Scope.JUDGED:
        engine.create("judged", load_query(PACKAGE, "chosen_events"), account=account)
    if scope is Scope.ACCOUNT and not engine.count("select count(*) from judged"):
        raise InputError(
            _("The account {account} does nothing in these logs."),
            do=_("Compare its spelling with the accounts of the logs."),
            where=case.folder,
            code="no_such_account",
            account=repr(account),
        )
    create_scoped(engine, COLUMNS)


def cover_acts(engine: Engine, rules: list[CompiledRule]) -> Coverage:
    """Make `rule_hits` for these rules and tell how much they leave."""
    engine.create("rule_hits", hits_sql(rules))
    return measure_coverage(engine)


def measure_coverage(engine: Engine) -> Coverage:
    """Of `scoped` and `rule_hits` as they are."""
    [row] = engine.rows(load_query(PACKAGE, "coverage"))
    return Coverage(*(int(str(number)) for number in row))


def _has_rows(case: Case) -> bool:
    return any(part.rows for part in case.generation.tables["judged"])
