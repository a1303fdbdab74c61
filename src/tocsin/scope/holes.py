# SPDX-License-Identifier: Apache-2.0
"""What the logs lack, as the counts see it: gaps, holes that coverage found, and the most that each can hold.

A hole holds no more records than its source can write in so long, nor than the bytes that left allow, and no
more persons than a registry that somebody vouches for. Nothing is taken off that nobody vouches for.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.scope.coverage.run import query as coverage_query
from tocsin.scope.coverage.run import register_facts
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE: Final = "tocsin.scope"

_LIMITS: Final = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("per_second", pa.float64()),
        pa.field("bytes_seen_by", pa.string()),
        pa.field("least_bytes", pa.int64()),
    ]
)
_COMPLETE: Final = pa.schema([pa.field("source", pa.string()), pa.field("registry", pa.string())])


def find_holes(engine: Engine, settings: CaseSettings) -> None:
    """Make `holes` and `hole_limits`, that `doubts` reads; needs `judged`."""
    engine.create("suspect_balance", _balance(engine, settings))
    engine.create("holes", load_query(PACKAGE, "holes"))
    engine.register("source_limits", _limits(settings))
    engine.register("vouched", _vouched(settings))
    engine.create("vouched_persons", load_query(PACKAGE, "vouched_persons"))
    engine.create("hole_limits", load_query(PACKAGE, "hole_limits"))


def _balance(engine: Engine, settings: CaseSettings) -> str:
    """What a node may lack of the suspects' acts, where an attacker could take lines out and renumber.

    Asked only of sources in his reach that have several nodes: it costs one more look at all events.
    """
    if not any(source.custody == "attacker-reachable" for source in settings.sources):
        return "select * from coverage where false"
    register_facts(engine, settings)
    for step in ("busy", "node_shares"):
        engine.create(step, coverage_query(step))
    engine.create("balance_found", load_query(PACKAGE, "suspect_balance"))
    for step in ("busy", "node_shares"):
        engine.drop(step)
    return "select * from balance_found"


def _limits(settings: CaseSettings) -> pa.Table:
    rows = [
        {
            "source": source.name,
            "per_second": source.most_per_second,
            "bytes_seen_by": source.bytes_seen_by,
            "least_bytes": source.least_bytes,
        }
        for source in settings.sources
    ]
    return pa.Table.from_pylist(rows, _LIMITS)


def _vouched(settings: CaseSettings) -> pa.Table:
    """Sources all of whose registries are vouched for; a registry without `sources` is that of each."""
    names = [source.name for source in settings.sources]
    of_source = {
        name: [r for r in settings.registries if not r.sources or name in r.sources] for name in names
    }
    rows = [
        {"source": name, "registry": registry.name}
        for name, registries in of_source.items()
        for registry in registries
        if all(one.complete for one in registries)
    ]
    return pa.Table.from_pylist(rows, _COMPLETE)
