# SPDX-License-Identifier: Apache-2.0
"""The versions of a catalogue's rules: of equal selectors the last `since` up to the event's time holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tocsin.core.addresses import canonical_address
from tocsin.core.settings.catalogue import SELECTORS, Rule

Selectors = tuple[tuple[str, str], ...]


def selectors_of(rule: Rule) -> Selectors:
    """The event columns that a rule selects by, and their patterns; addresses in their one spelling."""
    given = ((name, getattr(rule, name)) for name in SELECTORS)
    return tuple(
        (name, canonical_address(text) if name == "address" else text)
        for name, text in given
        if text is not None
    )


def versions_of(rules: Sequence[Rule]) -> list[list[int]]:
    """Numbers of the rules that are versions of one another, in the order of the first."""
    versions: dict[Selectors, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        versions[selectors_of(rule)].append(number)
    return list(versions.values())


def ends_of(rules: Sequence[Rule]) -> list[datetime | None]:
    """When a later version of each rule begins; null while it still holds."""
    ends: list[datetime | None] = [None] * len(rules)
    for numbers in versions_of(rules):
        for number in numbers:
            own = rules[number].since
            later = [
                since
                for other in numbers
                if (since := rules[other].since) is not None and (own is None or since > own)
            ]
            ends[number] = min(later, default=None)
    return ends
