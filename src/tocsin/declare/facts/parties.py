# SPDX-License-Identifier: Apache-2.0
"""Who is responsible: the controller when there is only one, and those whose data were seen."""

from __future__ import annotations

from typing import Any

from tocsin.declare.facts.known import NO, YES, Known
from tocsin.declare.ground import NO_SETTING, Ground, Missing
from tocsin.declare.inputs import Input


def _only(ground: Ground, key: str) -> Any:  # noqa: ANN401  # a setting is any TOML
    """A key of the only controller of case.toml; raises Missing when there are several, or none."""
    if len(ground.settings.get("controllers", ())) != 1:
        raise Missing(NO_SETTING, "controllers")
    return ground.setting(f"controllers.0.{key}")


def controller_id_type(ground: Ground, _: Input) -> Known:
    """FINESS, when the only controller has one."""
    _only(ground, "finess")
    return Known("finess")


def controller_id(ground: Ground, _: Input) -> Known:
    """The FINESS of the only controller."""
    return Known(str(_only(ground, "finess")))


def controller_name(ground: Ground, _: Input) -> Known:
    """The name of the only controller."""
    return Known(str(_only(ground, "name")))


def finess(ground: Ground, one: Input) -> Known:
    """As `controller_id`."""
    return controller_id(ground, one)


def organisation(ground: Ground, _: Input) -> Known:
    """The kind of organisation that case.toml names."""
    return Known(str(ground.setting("case.organisation")))


def our_name(ground: Ground, one: Input) -> Known:
    """The name at the head of letters, else of the only controller."""
    try:
        return Known(str(ground.setting("preserve.organisation")))
    except Missing:
        return controller_name(ground, one)


def our_contact(ground: Ground, _: Input) -> Known:
    """Who answers for us, as letters have it."""
    return Known(str(ground.setting("preserve.contact")))


def parties_involved(ground: Ground, _: Input) -> Known:
    """Yes, when data of more than one controller were seen: none of them is all of the others."""
    ground.examined()
    count = ground.whole("controllers.count")
    if count == 0:
        raise Missing(NO_SETTING, "controllers")
    return Known(YES if count > 1 else NO)


def parties_count(ground: Ground, _: Input) -> Known:
    """Controllers with a person most likely concerned."""
    ground.examined()
    return Known(ground.whole("controllers.count"))


def parties_names(ground: Ground, _: Input) -> Known:
    """The controllers with the most persons, as the report lists them."""
    ground.examined()
    ground.whole("controllers.count")
    rows = ground.keys("controllers.largest")
    if not rows:
        raise Missing(NO_SETTING, "controllers")
    return Known([_name(ground, at) for at in rows])


def _name(ground: Ground, at: str) -> str:
    path = f"controllers.largest.{at}"
    ground.whole(f"{path}.persons.best")
    return str(ground.part(f"{path}.name") or ground.part(f"{path}.id"))
