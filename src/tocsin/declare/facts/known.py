# SPDX-License-Identifier: Apache-2.0
"""What a fact gives: a value of its input's kind, and what must be said beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tocsin.declare.ground import Ground
from tocsin.declare.inputs import Input
from tocsin.report.reading import Count

YES = "yes"
NO = "no"
NOT_OBSERVED = "not_observed"


class Known(msgspec.Struct, frozen=True):
    """What is known of an input."""

    value: Any
    """A code, a number, an ISO instant, a list of names, or `{"fr", "en"}`."""
    at_most: int | None = None
    """Of a box not observed: how many persons what could not be resolved may still hide."""
    is_boundless: bool = False
    """Of a box not observed: nothing bounds what may be hidden."""
    persons: int | None = None
    """Of a box that is concerned: how many persons, most likely."""


Fact = Callable[[Ground, Input], Known]


def count_of(ground: Ground, unit: str) -> Count:
    """Floor, best and ceiling of `counts.<unit>`; raises Missing."""
    path = f"counts.{unit}"
    return Count(
        floor=ground.whole(f"{path}.floor"),
        best=ground.whole(f"{path}.best"),
        ceiling=_whole_or_none(ground, f"{path}.ceiling"),
    )


def _whole_or_none(ground: Ground, path: str) -> int | None:
    value = ground.figure_or_none(path)
    return None if value is None else int(value)


def category_count(ground: Ground, category: str) -> Count:
    """Persons of a category of the report; raises Missing."""
    path = f"categories.{category}.persons"
    return Count(
        floor=ground.whole(f"{path}.floor"),
        best=ground.whole(f"{path}.best"),
        ceiling=_whole_or_none(ground, f"{path}.ceiling"),
    )


def shown_categories(ground: Ground) -> dict[str, Count]:
    """Categories most likely shown to somebody who had no right, the most persons first; raises Missing."""
    ground.examined()
    counts = {name: category_count(ground, name) for name in ground.keys("categories")}
    shown = {name: count for name, count in counts.items() if count.best}
    return dict(sorted(shown.items(), key=lambda item: (-item[1].best, item[0])))


def unread_files(ground: Ground, category: str | None = None) -> int:
    """Files that surely left and that nobody has read, of which a rule says that they hold persons' data.

    With a category, those that hold it. Raises Missing.
    """
    total = ground.whole("declare.files.unread")
    path = f"declare.files.unread.{category}"
    if category is None or not total or path not in ground.figures:
        return total if category is None else 0
    return ground.whole(path)


def hidden_at_most(ground: Ground) -> tuple[int | None, bool]:
    """How many persons what could not be read or resolved may hide, and whether nothing bounds that.

    Raises Missing.
    """
    if ground.figure_or_none("counts.persons.ceiling") is None:
        return None, True
    parts = ("records_without_person", "unresolved", "set_aside", "gaps")
    return sum(ground.whole(f"counts.persons.ceiling_parts.{part}") for part in parts), False
