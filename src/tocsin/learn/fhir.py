# SPDX-License-Identifier: Apache-2.0
"""What a request for a FHIR resource can show, by the resource's type (table `fhir.toml`, HL7 FHIR R4)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from tocsin.learn.basis import Basis, Evidence
from tocsin.learn.templates import Template


def read_fhir_types(template: Template) -> list[Basis]:
    """The categories of the last resource type that a request names; none when it names no such type."""
    named = [*template.segments, *([template.object_type] if template.object_type else [])]
    table = _table()
    types = [word for word in named if word in table["resources"]]
    if not types:
        return []
    kind = types[-1]
    operation = next((word for word in reversed(named) if word.startswith("$")), None)
    whole = f"{kind}/{operation}"
    if operation is not None and whole in table["operations"]:
        return [Basis(category, Evidence.FHIR, whole) for category in table["operations"][whole]]
    return [Basis(category, Evidence.FHIR, kind) for category in table["resources"][kind]]


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("tocsin.learn").joinpath("fhir.toml").read_text("utf-8"))
