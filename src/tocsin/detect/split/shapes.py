# SPDX-License-Identifier: Apache-2.0
"""What a thief's session looks like, term by term, before the case itself teaches better.

Chosen on seeds 1 and 2 of `benchmarks/detection`, not on those that are reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """A beta distribution of a thief's rate, and the share of thieves that show it."""

    term: str
    a: float
    b: float
    share: float


SHAPES: Final = (
    Shape("no_relation", 3.0, 1.0, 0.97),
    Shape("near_ids", 2.0, 2.0, 0.3),
    Shape("broad_searches", 2.0, 1.0, 0.3),
    Shape("sweep", 9.0, 1.0, 0.2),
    Shape("odd_hour", 1.0, 1.0, 0.3),
    Shape("no_write", 9.0, 1.0, 0.9),
)
TERMS: Final = tuple(shape.term for shape in SHAPES)

HABIT: Final = 40.0
"""How many persons of a case weigh as much as what was chosen before."""


def learn(shapes: tuple[Shape, ...], p: Floats, k: Floats, n: Floats) -> tuple[Shape, ...]:
    """The thief's rates as the sessions told so far show them: a mean moves, its spread stays."""
    learnt = []
    for place, shape in enumerate(shapes):
        whole = shape.a + shape.b
        first = next(one for one in SHAPES if one.term == shape.term)
        mean = first.a / (first.a + first.b)
        moved = (p @ k[:, place] + HABIT * mean) / (p @ n[:, place] + HABIT)
        moved = min(0.98, max(0.02, float(moved)))
        learnt.append(replace(shape, a=moved * whole, b=(1 - moved) * whole))
    return tuple(learnt)


def log_gamma(x: Floats) -> Floats:
    """Of positive numbers, by Stirling's series after six steps up; to about 1e-10."""
    shift = np.log(x * (x + 1) * (x + 2)) + np.log((x + 3) * (x + 4) * (x + 5))
    y = x + 6
    series = 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5)
    found: Floats = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series - shift
    return found


def log_beta(a: Floats, b: Floats) -> Floats:
    """Of positive numbers."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)
