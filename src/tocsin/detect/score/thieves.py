# SPDX-License-Identifier: Apache-2.0
"""What a thief's session looks like, term by term: the other side of each likelihood ratio.

Chosen on the tuning seeds of `benchmarks/detection`, not on those that are reported.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.core.words import _

THIEVES = (
    # term, a and b of its beta distribution, share of thieves that show it
    ("no_relation", 3.0, 1.0, 0.95),
    ("no_colleague", 6.0, 2.0, 0.9),
    ("no_tie", 8.0, 2.0, 0.9),
    ("near_ids", 2.0, 2.0, 0.3),
    ("broad_searches", 2.0, 1.0, 0.3),
    ("sweep", 9.0, 1.0, 0.2),
    ("new_place", 0.6, 0.4, 0.6),
    ("odd_hour", 1.0, 1.0, 0.3),
    ("no_write", 9.0, 1.0, 0.8),
)

LINKS = ("no_relation", "no_colleague", "no_tie")
"""Terms of links between persons and carers: b / (a + b) is the share of persons that the thief takes from
the owner's own, linked as often as the owner's are; a stranger never is."""

SENTENCES = {
    "no_relation": _(
        "{k} of {n} patients have no known link with you or your practice; usual: {usual} of {n}."
    ),
    "no_colleague": _(
        "Of {n} patients without a known link, {k} are opened by no colleague of the same organisation;"
        " usual: {usual}."
    ),
    "no_tie": _(
        "Of {n} patients whom only other organisations open, {k} belong to organisations that have few"
        " patients in common with this one; usual: {usual}."
    ),
    "near_ids": _("{k} of {n} patients follow the number of the one before; usual: {usual} of {n}."),
    "broad_searches": _("{k} of {n} searches gave twenty names or more; usual: {usual} of {n}."),
    "sweep": _("{k} of {n} searches follow one another in order; usual: {usual} of {n}."),
    "new_place": _(
        "Devices or addresses not seen before with this account: {k} of {n}; usual: {usual} of {n}."
    ),
    "odd_hour": _("{k} of {n} sessions begin at an hour unusual for this profession; usual: {usual} of {n}."),
    "no_write": _("{k} of {n} sessions wrote nothing in the records; usual: {usual} of {n}."),
    "volume": _("{k} patients seen for the first time by this account; usual: {usual}."),
}


def thieves_table() -> pa.Table:
    """As `thieves`: term, a, b, weight, is_link."""
    names = ("term", "a", "b", "weight", "is_link")
    return pa.Table.from_pylist([dict(zip(names, (*row, row[0] in LINKS), strict=True)) for row in THIEVES])
