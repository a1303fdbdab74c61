# SPDX-License-Identifier: Apache-2.0
"""Whose local ids an access names: two registries may give one number to two persons.

Where a case has one registry at most, every id is of it. Where it has several, what tells is the rule, then
the source, then the assigning authority that the record names; an id that nothing tells of stays without
registry, and matches no relation.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.settings import CaseSettings, RegistrySettings
from tocsin.store.query import literal

ONLY = ""
"""The registry of every id in a case that has one at most."""


def registry_sql(settings: CaseSettings, of_rule: str | None = None) -> str:
    """The registry of what an event names, from its `source` and `person_domain`; null when nothing tells."""
    registries = settings.registries
    if not has_several(settings):
        return literal(ONLY)
    if of_rule is not None:
        return literal(of_rule)
    of_sources = " ".join(
        f"when {literal(source.name)} then {_one_of(held)}"
        for source in settings.sources
        if (held := [registry for registry in registries if source.name in registry.sources])
    )
    rest = _one_of(registries)
    return f"case source {of_sources} else {rest} end" if of_sources else rest


def has_several(settings: CaseSettings) -> bool:
    """Whether an id says whose it is only together with its registry."""
    return len(settings.registries) > 1


def _one_of(registries: Sequence[RegistrySettings]) -> str:
    if len(registries) == 1:
        return literal(registries[0].name)
    cases = [f"when {literal(r.domain)} then {literal(r.name)}" for r in registries if r.domain]
    return f"case person_domain {' '.join(cases)} end" if cases else "null::varchar"
