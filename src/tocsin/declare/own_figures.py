# SPDX-License-Identifier: Apache-2.0
"""Figures that declarations need and the report does not hold: minors, files shown, files nobody has read.

Each has its query and the digest of what that read, as in report.json; they are kept in the case, and counted
again only when the tables changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.store.case import Case
from tocsin.store.query import load_query

Rows = list[tuple[object, ...]]
KEPT: Final = Path("declarations") / "figures.json"


class Counted(msgspec.Struct, frozen=True):
    """A query and the paths of what it counts."""

    query: str
    reads: tuple[str, ...]
    lay_out: Callable[[Rows], dict[str, object]]
    """Its rows to path and value."""

    is_dated: bool = False
    """Whether it asks for the end of the period examined."""


def _named(*paths: str) -> Callable[[Rows], dict[str, object]]:
    return lambda rows: dict(zip(paths, rows[0], strict=True))


def _unread(rows: Rows) -> dict[str, object]:
    whole = "declare.files.unread"
    return {whole if name is None else f"{whole}.{name}": files for name, files in rows}


COUNTED: Final = (
    Counted(
        "minors",
        ("exposure", "persons", "registry"),
        _named("declare.persons.minors", "declare.persons.without_birth_date"),
        is_dated=True,
    ),
    Counted(
        "files_shown",
        ("disclosures", "persons"),
        _named(*(f"declare.records.{level}" for level in ("floor", "best", "ceiling"))),
    ),
    Counted("unread_files", ("unresolved", "judged", "events"), _unread),
)


def own_figures(case: Case, until: str | None) -> dict[str, Any]:
    """Path to value, query and inputs; empty before the first run. `until` ends the period examined."""
    if until is None:
        return {}
    before = _kept(case)
    figures: dict[str, Any] = {}
    for counted in COUNTED:
        if all(case.has(name) for name in counted.reads):
            figures |= _figures(case, counted, until, before)
    if figures != before:
        _keep(case, figures)
    return figures


def _figures(case: Case, counted: Counted, until: str, before: dict[str, Any]) -> dict[str, Any]:
    query = load_query("tocsin.declare", counted.query)
    inputs = case.digest_of(*counted.reads, also=until if counted.is_dated else "")
    told = f"{query.name} {query.sha256}"
    is_same = {"query": told, "inputs": inputs}.items()
    kept = {path: row for path, row in before.items() if is_same <= row.items()}
    if kept:
        return kept
    at = datetime.fromisoformat(until.replace("Z", "+00:00")).astimezone(UTC)
    with case.engine(*counted.reads) as engine:
        rows = engine.rows(query, at=at) if counted.is_dated else engine.rows(query)
    return {
        path: {"value": value, "query": told, "inputs": inputs}
        for path, value in counted.lay_out(rows).items()
    }


def _kept(case: Case) -> dict[str, Any]:
    """What was counted before."""
    try:
        return msgspec.json.decode((case.folder / KEPT).read_bytes(), type=dict[str, dict[str, Any]])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep(case: Case, figures: dict[str, Any]) -> None:
    path = case.folder / KEPT
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1))
    temporary.replace(path)
