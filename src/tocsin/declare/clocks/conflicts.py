# SPDX-License-Identifier: Apache-2.0
"""Acts that contradict each other: said plainly, never corrected; a person holds to them or corrects one.

What is only presumed contradicts nothing.
An act anchored with `even_so` is one that its author knew to be out of order: it is told, not asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.declare.clocks.acts import Value
from tocsin.declare.clocks.deadline import Reached
from tocsin.declare.clocks.deadlines import Scene
from tocsin.declare.clocks.rules import Both, Order


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two acts, of which the second is said to have been before the first."""

    first: Reached
    second: Reached
    say: Both
    accepted: bool
    """A person holds to both."""

    controller: str | None = None


def find_contradictions(scene: Scene) -> list[Contradiction]:
    """Of the organisation, and of each controller that has acts of its own."""
    places = [None, *scene.acts.controllers()]
    return [found for order in scene.rules.orders for found in _of_order(scene, order, places)]


def _of_order(scene: Scene, order: Order, controllers: list[str | None]) -> Iterator[Contradiction]:
    for controller in controllers:
        first = scene.acts.current(order.first, controller)
        second = scene.acts.current(order.second, controller)
        if first is None or second is None or second.reached.at >= first.reached.at:
            continue
        if first.reached.presumed or second.reached.presumed:
            continue
        if controller is not None and _is_everybodys(first, second):
            continue  # told once, of the organisation
        yield Contradiction(
            first.reached, second.reached, order.say, first.even_so or second.even_so, controller
        )


def _is_everybodys(first: Value, second: Value) -> bool:
    return first.reached.controller is None and second.reached.controller is None
