# SPDX-License-Identifier: Apache-2.0
"""The stage: registry and disclosures to persons, exposure and conflicts.

Numbers are read once, from the columns to integers; joins after that are on integers, and text comes
back only in the tables written. A local id keeps its number for ever: the table of persons is its ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.link.clusters import join_tied
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What linkage made, as numbers."""

    local_ids: int
    persons: int
    merged: int
    """Local ids whose person bears another's number."""

    probable: int
    """Of these, those that only a probable tie joins."""

    not_in_registry: int
    test_identities: int
    false_keys: int
    conflicts: int
    exposures: int
    """Rows of exposure: one per person and category."""


def run(case: Case) -> LinkReport:
    """Write `persons`, `exposure` and `conflicts`, unless they stand for the same inputs already.

    Raises MachineError when the engine lacks memory or disk.
    """
    inputs = case.digest_of("registry", "disclosures", also=str(len(case.settings.registries)))
    if not case.stage_is_current("link", inputs):
        with case.stage("link", "registry", "disclosures", "persons") as stage:
            _link(stage)
            stage.commit(inputs)
    with case.engine("persons", "conflicts", "exposure") as engine:
        [row] = engine.rows(_query("summary"))
    return LinkReport(*(int(str(number)) for number in row))


def _link(stage: Stage) -> None:
    engine = stage.engine
    last = engine.count("select max(own_id) from persons")
    engine.create("authorities", _query("authorities"))
    engine.create("numbered", _query("numbered"), last=last)
    last = max(last, engine.count("select max(own_id) from numbered"))
    engine.create("outsiders", _query("outsiders"), last=last)
    _find_ties(engine)
    join_tied(engine)
    stage.write("persons", _query("persons"))
    stage.write("conflicts", _query("conflicts"))
    stage.attach_written("persons")
    for step in (*_TIE_STEPS, "ties", "labels", "sure_labels", "edges", "joined", "numbered"):
        engine.drop(step)
    engine.create("exposed", _query("exposed"), registries=len(stage.case.settings.registries))
    engine.create("controller_numbers", load_query("tocsin.store", "controller_numbers"))
    for step in ("shown", "folded", "several_controllers"):
        engine.create(step, _query(step))
    stage.write("exposure", _query("exposure"))


_TIE_STEPS = (
    "tagged",
    "shared_ins",
    "shared_nir",
    "bearers_ins",
    "bearers_nir",
    "ranked",
    "classes",
    "prefixes",
    "neighbours",
)


def _find_ties(engine: Engine) -> None:
    """From the registry, pairs of local ids that a number makes one person."""
    for step in (*_TIE_STEPS, "ties"):
        engine.create(step, _query(step))


def _query(name: str) -> Query:
    return load_query("tocsin.link", name)
