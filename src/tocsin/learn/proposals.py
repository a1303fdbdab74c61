# SPDX-License-Identifier: Apache-2.0
"""From a template to a rule that a person may sign: its selectors, what it may show, what it would change.

A proposal without evidence names no category: whoever knows the screen fills them in. Nothing here is
written to the catalogue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin.core.settings import CaseSettings, Catalogue, Rule
from tocsin.core.settings.versions import selectors_of
from tocsin.core.terms import Action
from tocsin.learn.acts import PACKAGE
from tocsin.learn.basis import Basis, categories_of
from tocsin.learn.fhir import read_fhir_types
from tocsin.learn.openapi import Description, declared_by
from tocsin.learn.templates import Template
from tocsin.learn.walk import Step, seen_in
from tocsin.scope.catalogue import compile_catalogue
from tocsin.scope.matching import hits_sql
from tocsin.store.engine import Engine
from tocsin.store.query import load_query


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule would do to the acts looked at."""

    events: int = 0
    """Open acts that it matches."""

    uncovered: int = 0
    """Of these, those under no rule yet: what becomes covered by it alone."""

    covered_already: int = 0
    """Of these, those under another rule: two rules on one act are refused unless both say `together`."""

    shared: int = 0
    """Of these, those that another proposal matches too."""

    telling: int = 0
    """Of these, those of action `other` that name something or somebody, or say how much came back."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One rule, not signed."""

    name: str
    """`r-` and eight signs: of its selectors alone, so that it is the same each time."""

    template: Template
    rule: Rule
    basis: tuple[Basis, ...]
    effect: Effect = Effect()
    edited: bool = False
    """A person changed it in the file of proposals."""

    @property
    def is_of_protocol(self) -> bool:
        """Whether it is about what a protocol does (tokens, results, connections), not about a request."""
        return self.template.action == Action.OTHER and self.template.template is None and not self.basis

    @property
    def shows_nothing(self) -> bool:
        """Whether an empty list is what is proposed: none of its acts tells anything of anybody."""
        return self.is_of_protocol and not self.effect.telling and bool(self.effect.events)

    @property
    def is_open(self) -> bool:
        """Whether it lacks its categories."""
        return not self.rule.categories and not self.edited and not self.shows_nothing


def propose(
    template: Template, settings: CaseSettings, description: Description | None, steps: list[Step]
) -> Proposal:
    """The rule that would cover a template, with all that speaks for its categories."""
    basis = [
        *seen_in(steps, template),
        *(declared_by(description, template) if description else []),
        *read_fhir_types(template),
    ]
    rule = Rule(
        source=template.source,
        action=template.action,
        object=template.template,
        object_type=template.object_type,
        registry=_registry_of(template, settings),
        categories=categories_of(basis),
    )
    return Proposal(name_of(rule), template, rule, tuple(basis))


def name_of(rule: Rule) -> str:
    """A name from the selectors of a rule, and from nothing else."""
    text = json.dumps(selectors_of(rule), ensure_ascii=False)
    return "r-" + hashlib.sha256(text.encode()).hexdigest()[:8]


def measure_effects(
    engine: Engine, proposals: Sequence[Proposal], settings: CaseSettings
) -> tuple[list[Proposal], int]:
    """Each proposal with its effect on `scoped`, and how many acts stay uncovered when all are signed."""
    rules = compile_catalogue(Catalogue(shows=[one.rule for one in proposals]), settings)
    engine.create("proposed_hits", hits_sql(rules))
    engine.create("telling_acts", load_query(PACKAGE, "telling_acts"))
    found = {
        int(str(row[0])): Effect(*(int(str(number)) for number in row[1:]))
        for row in engine.rows(load_query(PACKAGE, "template_rules"))
    }
    left = engine.count(load_query(PACKAGE, "left_uncovered"))
    measured = [replace(one, effect=found.get(number, Effect())) for number, one in enumerate(proposals)]
    return measured, left


def _registry_of(template: Template, settings: CaseSettings) -> str | None:
    """The registry of the persons named, where the source's ids may be of several."""
    serving = [r.name for r in settings.registries if not r.sources or template.source in r.sources]
    named = {one.registry for one in template.measured if one.token == "{person}" and one.registry}  # noqa: S105
    return named.pop() if len(named) == 1 and len(serving) > 1 else None
