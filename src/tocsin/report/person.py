# SPDX-License-Identifier: Apache-2.0
"""Everything on one person: the local ids, each disclosure with its source line, or the graded absence.

An answer to a person who asks. Reading it is for the caller to journal; identifiers are never put in
an error.
"""

from __future__ import annotations

import re
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.terms import Grade
from tocsin.core.words import _
from tocsin.report.assemble import digest_inputs
from tocsin.report.figures import Figures, Row, Sheet
from tocsin.report.questions import is_signed
from tocsin.scope.claims import reachable_sources
from tocsin.scope.outside import read_excess
from tocsin.store.case import Case
from tocsin.store.query import load_query

TABLES: Final = (
    "persons",
    "disclosures",
    "events",
    "files",
    "judged",
    "unresolved",
    "doubts",
    "uncovered",
    "suspects",
    "coverage",
)


def person(case: Case, registry: str | None, local_id: str) -> Row:
    """What is known of one person: `person_id`, `local_ids`, `disclosures`, `absence` (null when shown).

    Raises InputError when neither the registry nor a log names the local id.
    """
    with case.engine(*TABLES) as engine:
        sheet = Sheet(case, engine, Figures(inputs=digest_inputs(case)))
        local_ids = sheet.ask("person_local_ids", registry=registry, person=local_id)
        if not local_ids:
            raise InputError(
                _("Neither the registry nor an access in scope has this local id."),
                do=_("Check it, and that `tocsin link` was run."),
                code="no_such_person",
            )
        person_id = local_ids[0]["person_id"]
        shown = sheet.ask("person_disclosures", person_id=person_id)
        told = any(row["count_in"] is not None for row in shown)
        return {
            "person_id": person_id,
            "local_ids": [{k: v for k, v in row.items() if k != "person_id"} for row in local_ids],
            "disclosures": shown,
            "absence": None if told else _grade_absence(sheet, encrypted=bool(shown)),
        }


def find_by_number(case: Case, number: str) -> list[tuple[str, str]]:
    """The registry and local id of those who bear a NIR or INS, 13 or 15 characters; several share one."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())[:13]
    with case.engine("registry") as engine:
        sheet = Sheet(case, engine, Figures(inputs=""))
        rows = sheet.ask("same_number", number=bare)
    return [(row["registry"], row["person"]) for row in rows]


def _grade_absence(sheet: Sheet, *, encrypted: bool) -> Row:
    """What it is worth that nothing readable was shown: `{grade, basis}`."""
    counted = sheet.ask_one("person_doubts")
    in_scope = counted.pop("in_scope")
    doubts = {name: number for name, number in counted.items() if number}
    basis: list[Row] = [{"code": name, "values": {"count": number}} for name, number in doubts.items()]
    beyond = read_excess(sheet.case.journal.entries()).doubt()
    if beyond is not None:
        basis.append({"code": "leak_exceeds_logs", "values": beyond})
    if encrypted:
        basis.append({"code": "encrypted_only", "values": {}})
    weak = _weaknesses(sheet)
    if not in_scope:
        weak.append({"code": "nothing_in_scope", "values": {}})
    grade = Grade.UNASSESSABLE if doubts or beyond else Grade.NOT_OBSERVED if weak else Grade.PROVEN
    return {"grade": grade.value, "basis": basis + weak}


def _weaknesses(sheet: Sheet) -> list[Row]:
    """Why nothing is proven although nothing is in doubt: the same as of a claim."""
    case, settings = sheet.case, sheet.case.settings
    weak: list[Row] = []
    if not is_signed(case.catalogue, settings.catalogue.signed_by if settings.catalogue else None):
        weak.append({"code": "rules_unsigned", "values": {}})
    suspected = [row["source"] for row in sheet.ask("suspected_sources")]
    reached = reachable_sources({source.name: source.custody for source in settings.sources}, suspected)
    if reached:
        weak.append({"code": "custody_weak", "values": {"sources": reached}})
    sheet.engine.view("suspect_rows", "select * from suspects")
    weak += [
        {"code": "coverage_doubtful", "values": {"source": source, "test": test, "findings": findings}}
        for source, test, findings in sheet.engine.rows(load_query("tocsin.scope", "coverage_weak"))
    ]
    return weak
