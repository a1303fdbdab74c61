# SPDX-License-Identifier: Apache-2.0
"""The figures of report.json that the recount establishes, under the same keys.

A key that the contract leaves to the product, or that the recount does not establish, is not there.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.recount.claims import count_changes
from tocsin.recount.counting import Figures, count_category, count_persons, count_records
from tocsin.recount.events import SourceReading
from tocsin.recount.instants import write_instant
from tocsin.recount.run import Recount
from tocsin.recount.scoping import Unresolved
from tocsin.recount.values import Table


def report(recounted: Recount) -> Table:
    """The subset of report.json; a claim has `contradicted` in place of its grade."""
    floor, best, ceiling = count_changes(list(recounted.changes))
    absent = {one.person_id for one in recounted.counted if not one.in_registry}
    told: Table = {
        "case": recounted.case.id,
        "accounting": [_accounting(recounted, one) for one in recounted.sources],
        "scope": _scope(recounted),
        "counts": _counts(recounted),
        "not_in_registry": len(absent),
        "test_identities": _count_tests(recounted),
        "unreadable": {"persons": _count_unreadable(recounted)},
        "categories": _categories(recounted),
        "shares": [
            {"unit": one.unit, "count": one.count, "total": one.total, "share": one.share}
            for one in recounted.shares
        ],
        "claims": [{"id": one.id, "contradicted": one.contradicted} for one in recounted.claims],
        "modifications": {"records": {"floor": floor, "best": best, "ceiling": ceiling}},
    }
    return without_ceilings(told) if _has_other_limits(recounted) else told


def without_ceilings(report: Table) -> Table:
    """The report without the ceilings of its counts and categories: they are not compared."""
    return {
        key: _dropped(value) if key in ("counts", "categories") else value for key, value in report.items()
    }


def _dropped(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {key: _dropped(one) for key, one in value.items() if not key.startswith("ceiling")}


def list_left_out(recounted: Recount) -> list[str]:
    """Codes of what could move a figure of this case and is not recounted."""
    left_out = ["probable_merges"] if recounted.case.registries else []
    if any(source.period is not None for source in recounted.case.sources):
        left_out.append("holes_against_period")
    if _has_other_limits(recounted):
        left_out.append("declared_limits")
    return left_out


def _has_other_limits(recounted: Recount) -> bool:
    """Whether bytes or complete registries bound the ceilings: these are then not recounted."""
    case = recounted.case
    return any(one.complete for one in case.registries) or any(one.counts_bytes for one in case.sources)


def _accounting(recounted: Recount, source: SourceReading) -> Table:
    times = [event.occurred_at for event in source.events]
    return {
        "source": source.source,
        "files": source.files - source.copies,
        "records": source.records,
        "events": len(source.events),
        "set_aside": len(source.set_aside),
        "non_events": source.non_events.total(),
        "reasons": dict(sorted(source.non_events.items())),
        "first_at": write_instant(min(times)) if times else None,
        "last_at": write_instant(max(times)) if times else None,
        "gaps": [
            {"from": _instant(gap.start), "until": _instant(gap.until)}
            for gap in recounted.gaps
            if gap.source == source.source
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else write_instant(at)


def _scope(recounted: Recount) -> Table:
    scope = recounted.scope
    uncovered = {one.event for one in scope.disclosures if one.category == "undetermined"}
    uncovered |= {one.event for one in scope.unresolved if _has_no_rule(one)}
    return {
        "events": sum(one.verdict != "legitimate" for one in recounted.judged),
        "disclosed": len({one.event for one in scope.disclosures}),
        "nothing_shown": len(scope.nothing_shown),
        "unresolved": len(scope.unresolved),
        "set_aside": len(recounted.bounds.set_aside),
        "uncovered": {"events": len(uncovered)},
    }


def _has_no_rule(unresolved: Unresolved) -> bool:
    return unresolved.categories is None


def _counts(recounted: Recount) -> Table:
    counted = list(recounted.counted)
    counts: Table = {"persons": _figures(count_persons(counted, recounted.bounds), with_reason=True)}
    for table in recounted.case.records:
        figures = count_records(counted, recounted.bounds, table.name)
        counts[f"records:{table.name}"] = _figures(figures)
    return counts


def _figures(figures: Figures, *, with_reason: bool = False) -> Table:
    row: Table = {"floor": figures.floor, "best": figures.best, "ceiling": figures.ceiling}
    return row | ({"ceiling_reason": figures.ceiling_reason} if with_reason else {})


def _count_tests(recounted: Recount) -> int:
    tests = {(one.registry, one.person): one.person_id for one in recounted.persons if one.is_test}
    disclosed = {(one.registry, one.person or "") for one in recounted.scope.disclosures}
    return len({tests[key] for key in disclosed & set(tests)})


def _count_unreadable(recounted: Recount) -> int:
    """Persons with an encrypted disclosure and none that can be read."""
    ids = {(one.registry, one.person): one.person_id for one in recounted.persons if not one.is_test}
    held = {one.event for one in recounted.judged if one.verdict != "legitimate"}
    encrypted = {
        ids.get((one.registry, one.person or ""))
        for one in recounted.scope.disclosures
        if one.protection == "encrypted" and one.event in held and one.certainty != "excluded"
    }
    return len(encrypted - {one.person_id for one in recounted.counted} - {None})


def _categories(recounted: Recount) -> Table:
    names = {name for rule in recounted.catalogue for name in rule.categories}
    names |= {one.category for one in recounted.scope.disclosures}
    return {name: _category(recounted, name) for name in sorted(names)}


def _category(recounted: Recount, name: str) -> Table:
    counted = list(recounted.counted)
    row: Table = {"persons": _figures(count_category(counted, recounted.bounds, name))}
    times = [one.disclosure.occurred_at for one in counted if one.disclosure.category == name]
    protections = {one.protection for one in recounted.scope.disclosures if one.category == name}
    if times:
        row |= {"first_at": write_instant(min(times)), "last_at": write_instant(max(times))}
    if protections:
        row["protection"] = sorted(protections)
    return row
