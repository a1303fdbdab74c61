# SPDX-License-Identifier: Apache-2.0
"""Figure by figure, what the recount found beside what a report says.

Only what the recount establishes is compared; instants as instants, shares within 1e-9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.recount.report import without_ceilings
from tocsin.recount.values import Table

ABSENT = "absent"
BEYOND_LOGS = "leak_exceeds_logs"
NAMES = ("source", "id", "unit")


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    """Dotted, as in `figures` of report.json; `claims.<id>.contradicted` for a claim."""
    recounted: object
    reported: object


def compare(recount_report: Table, product_report: Table) -> list[Difference]:
    """The figures on which the two disagree. A row that the other lacks counts when it holds anything."""
    return [
        Difference(path, ours, theirs)
        for path, ours, theirs in pair_figures(recount_report, product_report)
        if not _agree(path, ours, theirs)
    ]


def pair_figures(recount_report: Table, product_report: Table) -> list[tuple[str, object, object]]:
    """Every figure that the recount establishes: its path, ours, theirs."""
    reported = {**product_report, "claims": _contradictions(product_report)}
    recounted = _without_ceilings(recount_report) if _is_beyond_logs(product_report) else recount_report
    if _has_found_holes(product_report):
        recounted = without_ceilings(recounted)
    return [
        pair for key, value in recounted.items() for pair in _pairs(key, value, reported.get(key, ABSENT))
    ]


def _is_beyond_logs(report: Table) -> bool:
    """Whether a sample from outside exceeds the logs, which the recount does not read."""
    counts = report.get("counts")
    persons = counts.get("persons") if isinstance(counts, dict) else None
    return isinstance(persons, dict) and persons.get("ceiling_reason") == BEYOND_LOGS


def _has_found_holes(report: Table) -> bool:
    """Whether there are holes that widen the ceilings and that the recount does not look for.

    Tests of completeness find them, and what a source lacks of its declared period.
    """
    found = report.get("coverage")
    if isinstance(found, list) and any(isinstance(one, dict) and one.get("is_hole") for one in found):
        return True
    accounting = report.get("accounting")
    sources = [one for one in accounting if isinstance(one, dict)] if isinstance(accounting, list) else []
    return any(_counted_holes(one.get("gaps")) != (one.get("gaps") or []) for one in sources)


def _counted_holes(gaps: object) -> list[object]:
    """Of the gaps of a source, those that are not held against its declared period."""
    found = gaps if isinstance(gaps, list) else []
    return [one for one in found if not (isinstance(one, dict) and one.get("kind") == "period")]


def _without_ceilings(report: Table) -> Table:
    """Counts and categories with no upper bound: none can be had from logs that are incomplete."""
    return {
        key: _opened(value) if key in ("counts", "categories") else value for key, value in report.items()
    }


def _opened(value: object) -> object:
    if not isinstance(value, dict):
        return value
    opened: Table = {"ceiling": None, "ceiling_reason": BEYOND_LOGS}
    return {key: opened[key] if key in opened else _opened(one) for key, one in value.items()}


def _contradictions(report: Table) -> list[Table]:
    claims = report.get("claims")
    rows = [one for one in claims if isinstance(one, dict)] if isinstance(claims, list) else []
    return [{"id": one.get("id"), "contradicted": one.get("grade") == "contradicted"} for one in rows]


def _pairs(path: str, ours: object, theirs: object) -> Iterator[tuple[str, object, object]]:
    if path.endswith(".gaps"):
        theirs = _counted_holes(theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        ours, theirs = _by_name(ours), _by_name(theirs)
    if path.endswith(".reasons") or path == "categories":
        ours, theirs = _with_all(ours, theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            yield from _pairs(f"{path}.{key}", value, theirs.get(key, ABSENT))
    else:
        yield path, ours, theirs


def _by_name(rows: list[object]) -> object:
    """Rows that have a name under it; others as they are."""
    named: Table = {}
    for row in rows:
        name = next((str(row[key]) for key in NAMES if key in row), None) if isinstance(row, dict) else None
        if name is None:
            return rows
        named[name] = row
    return named


def _with_all(ours: object, theirs: object) -> tuple[object, object]:
    """Both with the keys of both, so that what only the report has is seen."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return ours, theirs
    return {**dict.fromkeys(theirs, ABSENT), **ours}, theirs


def _agree(path: str, ours: object, theirs: object) -> bool:
    if path.endswith(".ceiling_reason"):
        return theirs == ABSENT or (ours is None) == (theirs is None)
    if ABSENT in (ours, theirs):
        return _is_empty(theirs if ours == ABSENT else ours)
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-9
    if isinstance(ours, list) and isinstance(theirs, list):
        return sorted(map(_normal, ours)) == sorted(map(_normal, theirs))
    return _normal(ours) == _normal(theirs)


def _is_empty(value: object) -> bool:
    """Whether a figure or a row of figures holds nothing: zeros and nulls only."""
    if isinstance(value, dict):
        return all(_is_empty(one) for key, one in value.items() if key != "ceiling")
    if isinstance(value, list):
        return all(_is_empty(one) for one in value)
    return value in (None, 0, "", False)


def _normal(value: object) -> str:
    """One spelling per instant; of a gap, its bounds alone."""
    if isinstance(value, dict):
        return " ".join(_normal(value.get(key)) for key in ("from", "until"))
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return repr(found.timestamp()) if found.tzinfo else value
    return repr(value)
