# SPDX-License-Identifier: Apache-2.0
"""The catalogue made ready: each rule with the test that its events pass and what it names.

Rules with equal selectors are versions of one another: the latest `since` that is not after the event
holds. Rules of one version must all say `together`. Nothing is read from the events here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings, Catalogue, Rule
from tocsin.core.settings.versions import Selectors, ends_of, selectors_of, versions_of
from tocsin.core.terms import LEAVING_ACTIONS
from tocsin.core.words import _
from tocsin.scope.replay.accepted import ReplayError, parse_replay
from tocsin.scope.replay.pages import Replay
from tocsin.scope.replay.parameters import read_origins
from tocsin.scope.replay.rewritten import View, rewrite_replay, views_of
from tocsin.scope.sql.schema import Schema, schemas_of
from tocsin.store.patterns import (
    Pattern,
    PatternError,
    Placeholder,
    compile_glob,
    compile_object,
    condition_sql,
)
from tocsin.store.query import literal, quote

NO_RULE = -1
"""The number of the rule of an event that no rule covers."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One [[shows]]."""

    number: int
    """Its place in the catalogue, from 0."""

    rule: Rule
    selectors: Selectors
    path: Pattern | None
    """Of `object`."""

    until: datetime | None
    """A later version holds from then on."""

    replay: Replay | None

    schema: Schema | None = None
    """The database whose statements its events hold."""

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"[[shows]] number {self.number + 1}"

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """What its path names."""
        return self.path.placeholders if self.path else ()

    @property
    def names_own(self) -> bool:
        """Whether it shows the event's own person, persons or record."""
        return (
            self.schema is None
            and self.replay is None
            and not any(p.kind != "file" for p in self.placeholders)
        )

    @property
    def is_export(self) -> bool:
        """Whether what its replay finds left, as a file or a reply."""
        return self.replay is not None and self.rule.action in [action.value for action in LEAVING_ACTIONS]

    @property
    def selects_outcome(self) -> bool:
        """Whether it can speak of failures."""
        return self.rule.outcome is not None

    @property
    def record_type(self) -> str | None:
        """The records that it can show, `person` where it shows persons alone, null when that is open."""
        if self.replay is not None:
            return self.replay.select.record_type
        types = [p.record_type for p in self.placeholders if p.kind == "record"]
        if types:
            return types[0] if len(set(types)) == 1 else None
        return "person" if any(p.kind == "person" for p in self.placeholders) else None

    def condition(self) -> str:
        """The test that an event `e` is one of its, SQL."""
        tests = [_test(name, text, self.path) for name, text in self.selectors]
        if self.rule.since is not None:
            tests.append(f"e.occurred_at >= {instant_sql(self.rule.since)}")
        if self.until is not None:
            tests.append(f"e.occurred_at < {instant_sql(self.until)}")
        return "\n    and ".join(tests) or "true"


def compile_catalogue(catalogue: Catalogue, settings: CaseSettings) -> list[CompiledRule]:
    """Make every rule ready.

    Raises InputError for a pattern or replay that cannot be used, and for two rules of equal selectors and
    the same `since` that do not both say `together`.
    """
    where = settings.catalogue.path if settings.catalogue else None
    for numbers in versions_of(catalogue.shows):
        _refuse_twins(catalogue.shows, numbers, where)
    ends = ends_of(catalogue.shows)
    views = views_of(settings)
    schemas = schemas_of(catalogue, settings)
    return [
        _compile(number, rule, selectors_of(rule), ends[number], views, schemas, where)
        for number, rule in enumerate(catalogue.shows)
    ]


def instant_sql(instant: datetime) -> str:
    """An instant as a literal."""
    return f"timestamptz {literal(instant.isoformat())}"


def _compile(
    number: int,
    rule: Rule,
    selectors: Selectors,
    until: datetime | None,
    views: dict[str, View],
    schemas: dict[str, Schema],
    where: str | None,
) -> CompiledRule:
    try:
        path = None if rule.object is None else compile_object(rule.object)
        for name, text in selectors:
            if name != "object":
                compile_glob(text)
        replay = _replay(number, rule, views)
    except PatternError as error:
        raise InputError(
            _("[[shows]] number {number} has a pattern that cannot be used: {error}."),
            do=_("Correct it."),
            where=where,
            code="bad_pattern",
            number=number + 1,
            error=str(error),
        ) from None
    except ReplayError as error:
        raise InputError(
            _("The replay of [[shows]] number {number} cannot be used: {error}."),
            do=_("See the reference of replays."),
            where=where,
            code="bad_replay",
            number=number + 1,
            error=str(error),
        ) from None
    return CompiledRule(number, rule, selectors, path, until, replay, schemas.get(rule.database or ""))


def _replay(number: int, rule: Rule, views: dict[str, View]) -> Replay | None:
    if rule.replay is None:
        return None
    select = rewrite_replay(parse_replay(rule.replay), views)
    needed = [*select.body_parameters, *select.page_parameters]
    return Replay(number, select, tuple(read_origins(rule.parameters, needed)), rule.collation)


def _refuse_twins(rules: Sequence[Rule], numbers: list[int], where: str | None) -> None:
    for number in numbers:
        twins = [n for n in numbers if n != number and rules[n].since == rules[number].since]
        if twins and not (rules[number].together and all(rules[n].together for n in twins)):
            raise InputError(
                _("[[shows]] numbers {number} and {value} have the same selectors and since."),
                do=_("Remove one, give it another `since`, or say `together = true` in both."),
                where=where,
                code="ambiguous_catalogue",
                number=number + 1,
                value=twins[0] + 1,
            )


def _test(name: str, text: str, path: Pattern | None) -> str:
    column = f"e.{quote(name)}"
    if name == "object" and path is not None:
        return condition_sql(column, path)
    return condition_sql(column, compile_glob(text), or_exact=True)
