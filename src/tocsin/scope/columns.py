# SPDX-License-Identifier: Apache-2.0
"""Which columns of the events in scope are read.

Wide ones (details, agents, queries) are read only where a rule or a resolver asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin.core.tables import TABLES
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.fates import BUILT_IN
from tocsin.scope.interface import Resolver

OWN_COLUMNS = (
    "event_id",
    "occurred_at",
    "source",
    "account",
    "address",
    "request",
    "retry_of",
    "action",
    "object_type",
    "object",
    "person",
    "person_domain",
    "persons",
    "record_type",
    "record",
    "items",
    "outcome",
)
"""What the stage itself reads of an event in scope, whatever the catalogue says."""


def needed_columns(rules: Sequence[CompiledRule], resolvers: Sequence[Resolver]) -> list[str]:
    """Of `events`, in its order: all of them when a third party's resolver is asked."""
    every = TABLES["events"].column_names
    if any(resolver.name not in BUILT_IN for resolver in resolvers):
        return list(every)
    asked = (name for resolver in resolvers for name in resolver.reads)
    needed = {*OWN_COLUMNS, *asked, *(name for rule in rules for name in _read_by(rule))}
    return [name for name in every if name in needed]


def _read_by(rule: CompiledRule) -> Iterator[str]:
    yield from (name for name, _ in rule.selectors)
    if rule.schema is not None:
        yield from ("query", "flags", "detail")
    if rule.rule.row_bytes is not None:
        yield "bytes"
    if rule.replay is not None:
        yield from (origin.column for origin in rule.replay.origins)
