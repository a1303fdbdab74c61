# SPDX-License-Identifier: Apache-2.0
"""Towns of made platforms, where they lie, and how far apart."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

HOME: Final = (
    ("Paris", 48.86, 2.35),
    ("Lyon", 45.76, 4.84),
    ("Marseille", 43.30, 5.37),
    ("Toulouse", 43.60, 1.44),
    ("Nice", 43.70, 7.27),
    ("Nantes", 47.22, -1.55),
    ("Strasbourg", 48.58, 7.75),
    ("Montpellier", 43.61, 3.88),
    ("Bordeaux", 44.84, -0.58),
    ("Lille", 50.63, 3.07),
    ("Rennes", 48.11, -1.68),
    ("Reims", 49.26, 4.03),
    ("Le Havre", 49.49, 0.11),
    ("Grenoble", 45.19, 5.72),
    ("Dijon", 47.32, 5.04),
    ("Angers", 47.47, -0.55),
    ("Brest", 48.39, -4.49),
    ("Limoges", 45.83, 1.26),
    ("Tours", 47.39, 0.69),
    ("Perpignan", 42.70, 2.90),
    ("Ajaccio", 41.92, 8.74),
    ("Saint-Denis", -20.88, 55.45),
)
ABROAD: Final = (
    ("Amsterdam", 52.37, 4.90),
    ("Bucharest", 44.43, 26.10),
    ("Frankfurt", 50.11, 8.68),
    ("Lagos", 6.52, 3.38),
    ("Montreal", 45.50, -73.57),
    ("Moscow", 55.76, 37.62),
    ("Sao Paulo", -23.55, -46.63),
    ("Singapore", 1.35, 103.82),
)
TOWNS: Final = HOME + ABROAD
PARIS: Final = 0
GATEWAYS: Final = (0, 0, 0, 1, 1, 2, 8, 9)
"""Where a carrier's ways out are."""


def distances() -> NDArray[np.float64]:
    """Between every two towns, in kilometres."""
    latitude, longitude = np.radians(np.array([[town[1], town[2]] for town in TOWNS])).T
    square = (
        np.sin((latitude[:, None] - latitude) / 2) ** 2
        + np.cos(latitude[:, None]) * np.cos(latitude) * np.sin((longitude[:, None] - longitude) / 2) ** 2
    )
    found: NDArray[np.float64] = 12742 * np.arcsin(np.sqrt(np.minimum(1, square)))
    return found
