# SPDX-License-Identifier: Apache-2.0
"""Which data, in an authority's list: concerned, proven not to be, or not observed so far.

`no` is said only when every category behind a box has a proven claim. Where nothing shows a kind of data and
no claim proves it, the box is not observed, with how many persons what is not resolved may still hide.
"""

from __future__ import annotations

from typing import Final

from tocsin.declare.facts.known import (
    NO,
    NOT_OBSERVED,
    YES,
    Known,
    category_count,
    count_of,
    hidden_at_most,
    shown_categories,
    unread_files,
)
from tocsin.declare.ground import NO_FIGURE, Ground, Missing
from tocsin.declare.inputs import Input, category_lists
from tocsin.declare.texts import tell
from tocsin.report.reading import Count

HEALTH: Final = "health"
NOT_KNOWN: Final = "not_known"
OPAQUE: Final = ("health.document", "health.record", "other", "undetermined")
"""Categories whose content may be of any kind."""
NAMING: Final = ("identity.name", "id.nir", "id.ins", "contact.phone", "contact.email", "contact.address")
"""Categories that point at one person by themselves."""


def data_type(ground: Ground, one: Input) -> Known:
    """A box of a list of data: by the categories of ours that it covers."""
    ground.examined()
    counts = {name: category_count(ground, name) for name in ground.keys("categories")}
    shown = [name for name in categories_behind(one, counts) if name in counts and counts[name].best]
    if shown:
        return Known(YES, persons=max(counts[name].best for name in shown))
    if any(unread_files(ground, name) for name in _covered(one)):
        return Known(YES)
    if one.code == NOT_KNOWN:
        return _not_known(ground)
    grades = [ground.claim(f"no:{name}") for name in _covered(one)]
    if grades and set(grades) == {"proven"}:
        return Known(NO)
    if not _covered(one):
        return _may_be_within(ground, [counts[name] for name in OPAQUE if name in counts])
    return _not_observed(ground, [counts[name] for name in _covered(one) if name in counts])


def _may_be_within(ground: Ground, opaque: list[Count]) -> Known:
    """A kind of data that no category of ours names: it may stand in any document that was seen."""
    most, is_boundless = hidden_at_most(ground)
    whole = ground.figure_or_none("counts.persons.ceiling")
    if is_boundless or most is None or whole is None or any(count.ceiling is None for count in opaque):
        return Known(NOT_OBSERVED, is_boundless=True)
    return Known(NOT_OBSERVED, at_most=min(int(whole), most + sum(count.ceiling or 0 for count in opaque)))


def _not_known(ground: Ground) -> Known:
    """Accesses that no rule describes may have shown anything."""
    uncovered = ground.whole("scope.uncovered.events")
    return Known(YES) if uncovered else _not_observed(ground, [])


def _not_observed(ground: Ground, counts: list[Count]) -> Known:
    """How many persons may be hidden: by the category's own ceiling, else by all that is not resolved."""
    if any(count.ceiling is None for count in counts):
        return Known(NOT_OBSERVED, is_boundless=True)
    if counts:
        return Known(NOT_OBSERVED, at_most=max(count.ceiling or 0 for count in counts))
    most, is_boundless = hidden_at_most(ground)
    return Known(NOT_OBSERVED, at_most=most, is_boundless=is_boundless)


def _covered(one: Input) -> list[str]:
    """Categories that the list puts under this box."""
    return [name for name, row in category_lists().items() if one.code in row.get(str(one.list), ())]


def categories_behind(one: Input, counts: dict[str, Count]) -> list[str]:
    """Categories under this box, with those that speak of health beside others that were shown."""
    found = _covered(one)
    if one.code == HEALTH:
        found += [
            name
            for name, row in category_lists().items()
            if any(other in counts and counts[other].best for other in row.get("health_with", ()))
        ]
    return found


def identifiable(ground: Ground, _: Input) -> Known:
    """Yes, when a category that points at one person was shown in clear."""
    clear = [
        name
        for name in shown_categories(ground)
        if name in NAMING and "clear" in ground.part(f"categories.{name}.protection")
    ]
    if not clear:
        raise Missing(NO_FIGURE, "categories")
    return Known(YES)


def extent(ground: Ground, _: Input) -> Known:
    """Persons for each category, records for each kind, the period of the data, shares."""
    shown = shown_categories(ground)
    spans = {
        name: (ground.part(f"categories.{name}.data_from"), ground.part(f"categories.{name}.data_until"))
        for name in shown
    }
    units = [unit for unit in ground.keys("counts") if unit.startswith("records:")]
    shares = [
        {
            "unit": str(ground.part(f"shares.{at}.unit")),
            "count": ground.whole(f"shares.{at}.count"),
            "total": ground.whole(f"shares.{at}.total"),
        }
        for at in ground.keys("shares")
    ]
    known = [span for span in spans.values() if span[0] and span[1]]
    return Known(
        tell(
            ground,
            "extent",
            categories=shown,
            records={unit: count_of(ground, unit) for unit in units},
            data_from=min((str(span[0]) for span in known), default=None),
            data_until=max((str(span[1]) for span in known), default=None),
            shares=shares,
        )
    )


def claims_told(ground: Ground, _: Input) -> Known:
    """Each negative statement asked for, with its grade and its exceptions; never a bare negation."""
    ground.examined()
    rows = [_claim(ground, at, str(row["id"])) for at, row in enumerate(ground.report.get("claims", ()))]
    if not rows:
        raise Missing(NO_FIGURE, "claims")
    return Known(tell(ground, "claims_told", claims=rows))


def _claim(ground: Ground, at: int, claim: str) -> dict[str, object]:
    kind, about, origin, *_rest = [*claim.split(":", 2), "", ""]
    return {
        "kind": kind,
        "about": about,
        "origin": origin,
        "grade": ground.claim(claim),
        "exceptions": ground.whole(f"claims.{at}.exceptions_count"),
    }
