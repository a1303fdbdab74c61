# SPDX-License-Identifier: Apache-2.0
"""What a resolver offers: for events in scope, the persons and records that each access showed.

A resolver answers in SQL over the relations of the stage's engine, for all its events at once. It never
drops an event: what it does not answer passes to the next resolver, and what nobody answers is unresolved.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tocsin.core.settings import CaseSettings
from tocsin.scope.catalogue import CompiledRule
from tocsin.store.engine import Engine

SHOWN_COLUMNS = (
    "event_id",
    "rule",
    "registry",
    "person",
    "record_type",
    "record",
    "certainty",
    "exact",
    "resolver",
)
"""Of what a resolver gives for what was shown; `rule` is the rule's number, from 0, or -1 for none."""

EMPTY_COLUMNS = ("event_id", "rule", "reason")
UNKNOWN_COLUMNS = ("event_id", "rule", "reason", "bound")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a resolver.

    The engine holds `asked` (event_id, rule: what nobody has answered yet, of the rules that this resolver
    takes), `scoped` (the events in scope, with the columns of `events`), `registry` and `records`.
    """

    engine: Engine
    rules: Sequence[CompiledRule]
    """Those that the resolver takes."""

    settings: CaseSettings


@dataclass(frozen=True, slots=True)
class Answer:
    """Three texts of SQL, each null when there is nothing of the kind."""

    shown: str | None = None
    """SHOWN_COLUMNS: one row per event, rule, person and record."""

    empty: str | None = None
    """EMPTY_COLUMNS: events that showed nothing."""

    unknown: str | None = None
    """UNKNOWN_COLUMNS: events that showed something that cannot be told; `bound` in persons, or null."""


class Resolver(ABC):
    """Tells what some kind of access showed."""

    name: ClassVar[str]
    """As registered in the group `tocsin.resolvers`."""

    order: ClassVar[int]
    """Resolvers are asked from the smallest up."""

    reads: ClassVar[tuple[str, ...]] = ()
    """Columns of `events` that it needs beside those that the stage reads."""

    steps: ClassVar[tuple[str, ...]] = ()
    """Tables that it makes and that nobody needs once its answer is taken."""

    def is_needed(self, settings: CaseSettings) -> bool:  # noqa: ARG002  # nearly all always are
        """Whether a case with these settings has anything to ask of it."""
        return True

    @abstractmethod
    def accepts(self, rule: CompiledRule) -> bool:
        """Whether events of this rule are asked of it."""

    def check(self, rules: Sequence[CompiledRule], settings: CaseSettings) -> None:  # noqa: B027  # optional
        """Refuse, with an InputError, a rule that it takes and can never answer."""

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """Answer for the events that are asked."""
