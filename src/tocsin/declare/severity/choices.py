# SPDX-License-Identifier: Apache-2.0
"""What people chose and concluded on severity, folded from the journal, and how they put it there.

A choice holds over a proposal until it is put back; a later conclusion supersedes an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.severity.tables import Tables
from tocsin.journal import Entry
from tocsin.journal.chain import Json

CHOSEN = "declare:severity:chosen"
CONCLUDED = "declare:severity:concluded"
PROPOSED = "proposed"
"""In place of an option: back to what is proposed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's answer to one question of the method."""

    option: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A person's conclusion on articles 33 and 34, and what was computed when it was drawn."""

    outcome: str
    why: str
    by: str
    at: datetime
    score: float | None
    proposed: str | None


@dataclass(slots=True)
class Decisions:
    """The present, and what came before it."""

    choices: dict[str, Choice] = field(default_factory=dict)
    conclusions: list[Conclusion] = field(default_factory=list)
    """Oldest first; the last one holds."""

    @property
    def conclusion(self) -> Conclusion | None:
        """The one that holds."""
        return self.conclusions[-1] if self.conclusions else None


def fold_decisions(tables: Tables, entries: Iterable[Entry]) -> Decisions:
    """Raises InputError for an entry that is not of its kind's shape."""
    decisions = Decisions()
    for entry in entries:
        try:
            if entry.kind == CHOSEN:
                _fold_chosen(tables, decisions, entry)
            elif entry.kind == CONCLUDED:
                decisions.conclusions.append(_concluded(tables, entry))
        except (KeyError, TypeError, ValueError):
            raise InputError(
                _("Entry {number} of the journal, on severity, cannot be read."), number=entry.number
            ) from None
    return decisions


def check_choices(tables: Tables, chosen: Mapping[str, str], why: str) -> None:
    """Raises InputError for an axis or an option that is not there, nothing chosen, or no reason."""
    if not chosen:
        raise InputError(
            _("Nothing is chosen."), do=_("Give an option, such as --data sensitive."), code="usage"
        )
    axes = {axis.id: axis for axis in tables.axes}
    for name, option in chosen.items():
        if name not in axes:
            raise _unknown(name, axes)
        options = [one.id for one in axes[name].options]
        if option not in (*options, PROPOSED):
            raise _unknown(option, [*options, PROPOSED])
    if not why.strip():
        raise InputError(
            _("A choice on severity needs its reason."), do=_("Say why, in words."), code="no_reason"
        )


def chosen_body(chosen: Mapping[str, str], why: str) -> dict[str, Json]:
    """The body of the entry."""
    return {"choices": dict(sorted(chosen.items())), "why": why.strip()}


def _fold_chosen(tables: Tables, decisions: Decisions, entry: Entry) -> None:
    chosen = entry.body["choices"]
    if not isinstance(chosen, dict):
        raise TypeError
    for axis, option in chosen.items():
        if option == PROPOSED:
            decisions.choices.pop(axis, None)
            continue
        tables.value(axis, str(option))
        decisions.choices[axis] = Choice(
            str(option), str(entry.body["why"]), entry.by, datetime.fromisoformat(entry.at).astimezone(UTC)
        )


def _concluded(tables: Tables, entry: Entry) -> Conclusion:
    score = entry.body.get("score")
    proposed = entry.body.get("proposed")
    return Conclusion(
        outcome=str(tables.outcome(str(entry.body["outcome"])).id),
        why=str(entry.body.get("why") or ""),
        by=entry.by,
        at=datetime.fromisoformat(str(entry.body.get("at") or entry.at)).astimezone(UTC),
        score=float(score) if isinstance(score, int | float) else None,
        proposed=None if proposed is None else str(proposed),
    )


def _unknown(name: str, known: Iterable[str]) -> InputError:
    return InputError(
        _("There is no '{name}' here."), do=suggest(name, known), code="unknown_name", name=name
    )
