# SPDX-License-Identifier: Apache-2.0
"""The effect of hypotheses: the counts before and after, who enters, who leaves, and through which account.

Persons are told by their number in the case only. Nothing is written, neither to the case nor beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.progress import Progress, silent
from tocsin.core.words import _
from tocsin.ingest.written import write_gaps
from tocsin.link.run import run as link
from tocsin.report.assemble import assemble
from tocsin.scope.coverage.run import run as cover
from tocsin.scope.run import run as scope
from tocsin.store.case import Case
from tocsin.store.overlay import Overlay
from tocsin.store.query import load_query
from tocsin.whatif.suppose import Asked, suppose

PACKAGE: Final = "tocsin.whatif"
LISTED: Final = 20
CHANGES: Final = ("enter", "leave", "move")
LEVEL_NAMES: Final = {1: "floor", 2: "best", 3: "ceiling"}
WHY_TABLES: Final = ("disclosures", "persons", "judged", "events")

Result = dict[str, object]


def measure(case: Case, asked: Asked, *, listed: int = LISTED, progress: Progress = silent) -> Result:
    """Counts, claims and persons, before and after; at most `listed` persons of each change are named.

    Raises InputError when the case was never run, or for a hypothesis about what it has not.
    """
    if not case.has("exposure"):
        raise InputError(
            _("This case has no counts yet."), do=_("Run it first: tocsin run {case}"), case=str(case.folder)
        )
    overlay = suppose(case, asked)
    _run(overlay, asked, progress)
    before, after = assemble(case), assemble(overlay)
    progress("whatif", 4, 4)
    return {
        "hypotheses": asked.said(),
        "counts": _counts(before, after),
        "scope": {"before": _part(before, "scope")["events"], "after": _part(after, "scope")["events"]},
        "claims": _claims(before, after),
        "persons": _persons(case, overlay, listed),
    }


def arrived(
    case: Case, paths: tuple[str, ...], *, listed: int = LISTED, progress: Progress = silent
) -> Result:
    """What these log files changed: the case without them is what it was before, the case as it is after.

    Raises InputError when there is none.
    """
    if not paths:
        raise InputError(
            _("No log file has arrived since the first run of this case."),
            do=_("Add it to the case, run it, and ask again: tocsin run {case}"),
            code="nothing_arrived",
            case=str(case.folder),
        )
    result = measure(case, Asked(without=paths), listed=listed, progress=progress)
    turned = _turned(result)
    turned["hypotheses"] = [{"code": "files_arrived", "values": {"files": len(paths)}}]
    return turned


def _run(overlay: Overlay, asked: Asked, progress: Progress) -> None:
    """The stages that a hypothesis may change, in memory."""
    progress("whatif", 0, 4)
    if asked.changes_logs:
        with overlay.stage("ingest", "events", "sequences") as stage:
            write_gaps(stage)
            stage.commit("")
        cover(overlay)
    progress("whatif", 1, 4)
    scope(overlay)
    progress("whatif", 2, 4)
    link(overlay)
    progress("whatif", 3, 4)


def _counts(before: Result, after: Result) -> Result:
    """By unit: floor, best and ceiling of each side."""
    old, new = _part(before, "counts"), _part(after, "counts")
    return {unit: {"before": old.get(unit), "after": new.get(unit)} for unit in dict.fromkeys([*old, *new])}


def _part(report: Result, name: str) -> dict[str, object]:
    part = report[name]
    if not isinstance(part, dict):
        raise TypeError(name)
    return part


def _claims(before: Result, after: Result) -> list[Result]:
    """Every claim with its grade on each side."""
    old, new = _grades(before), _grades(after)
    return [{"id": one, "before": old.get(one), "after": new.get(one)} for one in dict.fromkeys([*old, *new])]


def _grades(report: Result) -> dict[str, str]:
    claims = report["claims"]
    rows = claims if isinstance(claims, list) else []
    return {str(row["id"]): str(row["grade"]) for row in rows}


def _persons(case: Case, overlay: Overlay, listed: int) -> Result:
    """Who enters, leaves, or moves to another count; who leaves is told by what showed them before."""
    with overlay.engine("exposure") as engine:
        after = engine.table(load_query(PACKAGE, "levels"))
    with case.engine("exposure") as engine:
        engine.create("levels_before", load_query(PACKAGE, "levels"))
        engine.register("levels_after", after)
        changed = engine.table(load_query(PACKAGE, "changed"))
    found: Result = {}
    for change in CHANGES:
        side = case if change == "leave" else overlay
        found[change] = _change(side, changed, change, listed)
    return found


def _change(side: Case, changed: pa.Table, change: str, listed: int) -> Result:
    with side.engine(*WHY_TABLES) as engine:
        engine.register("changed", changed)
        engine.create("concerned", load_query(PACKAGE, "concerned"), change=change)
        engine.create("reasons", load_query(PACKAGE, "reasons"))
        count = engine.count("select count(*) from concerned")
        through = engine.rows(load_query(PACKAGE, "through"))
        rows = engine.rows(load_query(PACKAGE, "listed"), most=listed)
    return {
        "count": count,
        "through": [
            dict(zip(("source", "account", "persons", "events"), row, strict=True)) for row in through
        ],
        "listed": [
            {
                "person_id": person,
                "before": LEVEL_NAMES.get(int(str(was))) if was else None,
                "after": LEVEL_NAMES.get(int(str(now))) if now else None,
                "through": reasons,
            }
            for person, was, now, reasons in rows
        ],
    }


def _turned(result: Result) -> Result:
    """The same with before and after exchanged: what left without the files had come with them."""
    persons = _part(result, "persons")
    swapped = {"enter": persons["leave"], "leave": persons["enter"], "move": persons["move"]}
    return {name: _swap(value) for name, value in {**result, "persons": swapped}.items()}


def _swap(value: object) -> object:
    if isinstance(value, list):
        return [_swap(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    other = {"before": "after", "after": "before"}
    return {other.get(str(key), str(key)): _swap(one) for key, one in reversed(list(value.items()))}
