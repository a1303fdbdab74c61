# SPDX-License-Identifier: Apache-2.0
"""Learns: the templates of what was done, by weight, and a proposal for each that no rule covers.

Reads events, judged, registry, records and the catalogue; writes `catalogue.proposed.toml` and an entry of
the journal. The catalogue itself is not touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.tables import TABLES
from tocsin.core.words import Words
from tocsin.journal.chain import Json
from tocsin.learn.acts import Coverage, Scope, choose_scope, cover_acts, gather_acts
from tocsin.learn.decisions import PROPOSED, rejected_rules
from tocsin.learn.openapi import Description, read_openapi
from tocsin.learn.proposals import Proposal, measure_effects, propose
from tocsin.learn.proposed_file import write_proposals
from tocsin.learn.templates import Template, find_templates, heavy_templates
from tocsin.learn.walk import Step, read_known, read_walk
from tocsin.scope.catalogue import compile_catalogue
from tocsin.store.case import Case
from tocsin.store.engine import Engine

HEAVY: Final = 0.99
"""«So many templates are 99 % of what it did.»"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user gave."""

    account: str | None = None
    openapi: Path | None = None
    walk: Path | None = None
    test_person: Path | None = None
    limit: int = 50
    """Templates shown and proposed, the heaviest first."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was found."""

    scope: Scope
    coverage: Coverage
    left: Coverage
    """When all that is proposed is signed."""

    templates: tuple[Template, ...]
    """All of them, the heaviest first."""

    heavy: int
    """How many of these make up 99 % of the acts."""

    proposals: tuple[Proposal, ...]
    rejected: tuple[str, ...]
    """Rules that a person has rejected: not proposed again."""

    path: Path | None
    """Of the file of proposals; null when there is nothing to propose."""

    not_followed: tuple[str, ...]
    """References of the OpenAPI description that lead out of it, or nowhere."""

    unread_steps: int
    """Steps of the walk whose reply is not text."""


def learn(case: Case, asked: Asked, words: Words) -> Learned:
    """Look at what was done, write the proposals and journal that they were made.

    Raises InputError for an account that never acts, and for files that cannot be read.
    """
    description = None if asked.openapi is None else read_openapi(asked.openapi)
    steps = _steps(asked)
    with acts_of(case, asked.account) as (engine, scope):
        coverage = cover_acts(engine, compile_catalogue(case.catalogue, case.settings))
        templates = find_templates(engine, case.settings)
        rejected = rejected_rules(case.journal.entries())
        proposals = _proposals(case, templates[: asked.limit], description, steps, rejected)
        proposals, left = measure_effects(engine, proposals, case.settings)
    path = _write(case, proposals, asked, words) if proposals else None
    return Learned(
        scope,
        coverage,
        Coverage(coverage.events, left),
        tuple(templates),
        heavy_templates(templates, HEAVY),
        tuple(proposals),
        tuple(sorted(rejected)),
        path,
        tuple(description.not_followed) if description else (),
        sum(not step.readable for step in steps),
    )


@contextmanager
def acts_of(case: Case, account: str | None = None) -> Iterator[tuple[Engine, Scope]]:
    """An engine with `scoped`, `events`, `registry` and `records`, and whose acts they are."""
    scope = choose_scope(case, account)
    with case.engine("events", "registry", "records") as engine:
        if scope is Scope.JUDGED:
            case.attach(engine, TABLES["judged"])
        gather_acts(case, engine, scope, account)
        yield engine, scope


def _steps(asked: Asked) -> list[Step]:
    if asked.walk is None or asked.test_person is None:
        return []
    return read_walk(asked.walk, read_known(asked.test_person))


def _proposals(
    case: Case,
    templates: Sequence[Template],
    description: Description | None,
    steps: list[Step],
    rejected: dict[str, str],
) -> list[Proposal]:
    made = [propose(one, case.settings, description, steps) for one in templates if one.uncovered]
    return [one for one in made if one.name not in rejected]


def _write(case: Case, proposals: list[Proposal], asked: Asked, words: Words) -> Path:
    path, digest = write_proposals(case.folder, proposals, words, case.folder.name)
    body: dict[str, Json] = {
        "rules": [one.name for one in proposals],
        "file": digest,
        "inputs": {
            name: _digest(given)
            for name, given in (
                ("openapi", asked.openapi),
                ("walk", asked.walk),
                ("test_person", asked.test_person),
            )
            if given is not None
        },
    }
    case.journal.append(PROPOSED, body, by=case.by)
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
