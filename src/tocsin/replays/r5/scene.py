# SPDX-License-Identifier: Apache-2.0
"""Everything that stands before anybody acts: the people, the practices, the appointments, the day's traffic.

Handed to each part of the replay instead of six arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.chance import Chance
from tocsin.replays.households import Households
from tocsin.replays.r5.appointments import Appointments
from tocsin.replays.r5.size import Size, size_at


@dataclass(frozen=True, slots=True)
class Scene:
    """One replay's world, a function of scale and seed."""

    size: Size
    chance: Chance
    households: Households
    appointments: Appointments

    @property
    def newcomer(self) -> int:
        """The row of the person who opens an account for the purpose: one past the others."""
        return self.size.persons


def set_scene(scale: float, seed: int) -> Scene:
    """Set the scene. Raises InputError on a scale out of bounds."""
    size, chance = size_at(scale), Chance(seed)
    return Scene(size, chance, Households(chance), Appointments(chance, size))
