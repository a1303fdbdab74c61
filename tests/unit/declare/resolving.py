# SPDX-License-Identifier: Apache-2.0
"""Whether what a field of a declaration rests on is there, with that very value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.declare.evidence import Evidence, NotThere, find_part
from tocsin.declare.ground import Ground


def resolves(evidence: Evidence, ground: Ground) -> bool:
    """As an inquiry would look it up."""
    match evidence.kind:
        case "figure":
            return _is_figure(ground.figures.get(evidence.path, {}), evidence)
        case "journal":
            held = {f"{entry.number} {entry.kind}": entry.hash for entry in ground.journal}
        case "report" | "claim":
            return _is_part(ground.report, evidence)
        case "setting":
            return _is_part(ground.settings, evidence)
        case "file":
            held = ground.files
        case "clock":
            held = ground.clocks
        case "severity":
            held = ground.severity
    return evidence.path in held and held[evidence.path] == evidence.value


def _is_figure(entry: Mapping[str, Any], evidence: Evidence) -> bool:
    said = (entry.get("value"), entry.get("query"), entry.get("inputs"))
    return bool(entry) and said == (evidence.value, evidence.query, evidence.inputs)


def _is_part(tree: Mapping[str, Any], evidence: Evidence) -> bool:
    try:
        return bool(find_part(tree, evidence.path) == evidence.value)
    except NotThere:
        return False
