# SPDX-License-Identifier: Apache-2.0
"""Figures that declarations need and the report does not hold: how many persons are minors.

Each has its query and the digest of what that read, as in report.json; they are kept in the case, and counted
again only when the tables changed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.store.case import Case
from tocsin.store.query import load_query

READS: Final = ("exposure", "persons", "registry")
PATHS: Final = ("declare.persons.minors", "declare.persons.without_birth_date")
KEPT: Final = Path("declarations") / "figures.json"


def own_figures(case: Case, until: str | None) -> dict[str, Any]:
    """Path to value, query and inputs; empty before the first run. `until` ends the period examined."""
    if until is None or not all(case.has(name) for name in READS):
        return {}
    query = load_query("tocsin.declare", "minors")
    inputs = case.digest_of(*READS, also=until)
    kept = _kept(case, inputs)
    if kept is not None:
        return kept
    with case.engine(*READS) as engine:
        [row] = engine.rows(query, at=datetime.fromisoformat(until.replace("Z", "+00:00")).astimezone(UTC))
    told = f"{query.name} {query.sha256}"
    figures = {
        path: {"value": value, "query": told, "inputs": inputs}
        for path, value in zip(PATHS, row, strict=True)
    }
    _keep(case, figures)
    return figures


def _kept(case: Case, inputs: str) -> dict[str, Any] | None:
    """What was counted before, when it rests on the same tables."""
    path = case.folder / KEPT
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
    except (OSError, msgspec.DecodeError):
        return None
    is_current = set(kept) == set(PATHS) and all(row.get("inputs") == inputs for row in kept.values())
    return kept if is_current else None


def _keep(case: Case, figures: dict[str, Any]) -> None:
    path = case.folder / KEPT
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1))
    temporary.replace(path)
