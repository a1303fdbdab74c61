# SPDX-License-Identifier: Apache-2.0
"""The counts of the report: persons, records, files, accounts; by category, certainty and controller.

Floor, best and ceiling come whole from a query, the bounds added there; here they are only laid out
and held to their order.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.settings.case import ShareSettings
from tocsin.core.words import _
from tocsin.report.declared import chosen_bases, declare
from tocsin.report.figures import Row, Sheet, check_levels, levels
from tocsin.scope.outside import read_excess

LARGEST_SHOWN: Final = 10

CEILING_PARTS: Final = ("named", "records_without_person", "unresolved", "set_aside", "gaps")

CEILING_REASONS: Final = {"unresolved": "unresolved", "set_aside": "set_aside", "gaps": "gap"}
"""What leaves a ceiling without a number, the first that does."""

BEYOND_LOGS: Final = "leak_exceeds_logs"
"""Before all of these: a sample from outside that the logs do not explain."""


def put_counts(sheet: Sheet) -> None:
    """counts, declared, certainties."""
    is_beyond = beyond_logs(sheet) is not None
    persons = _opened(sheet.ask_one("persons_count"), is_beyond)
    counts: Row = {"persons": levels(persons) | {"ceiling_reason": None}}
    if is_beyond:
        counts["persons"]["ceiling_reason"] = BEYOND_LOGS
    elif persons["ceiling"] is None:
        counts["persons"]["ceiling_reason"] = CEILING_REASONS[sheet.ask("boundless")[0]["part"]]
    else:
        counts["persons"]["ceiling_parts"] = {part: persons[part] for part in CEILING_PARTS}
    sheet.put("counts", counts, "persons_count")
    kinds = [record.name for record in sheet.case.settings.records]
    for row in sheet.ask("records_count", kinds=kinds):
        _put_count(sheet, f"records:{row['record_type']}", _opened(row, is_beyond), "records_count")
    _put_count(sheet, "files", _opened(sheet.ask_one("files_count"), is_beyond), "files_count")
    _put_count(sheet, "accounts", _opened(sheet.ask_one("accounts_count"), is_beyond), "accounts_count")
    for unit, count in counts.items():
        check_levels(f"counts.{unit}", count)
    _put_declared(sheet)
    certainties = {row["certainty"]: row["persons"] for row in sheet.ask("certainties_count")}
    sheet.put("certainties", certainties, "certainties_count")


def beyond_logs(sheet: Sheet) -> Row | None:
    """What samples from outside hold and no logged access explains: the logs are then incomplete."""
    return read_excess(sheet.case.journal.entries()).doubt()


def _opened(row: Row, is_beyond: bool) -> Row:
    """Incomplete logs bound nothing: the count has no ceiling then."""
    return {**row, "ceiling": None} if is_beyond else row


def _put_count(sheet: Sheet, unit: str, row: Row, name: str) -> None:
    sheet.parts["counts"][unit] = levels(row)
    sheet.enter(f"counts.{unit}", levels(row), name)


def _put_declared(sheet: Sheet) -> None:
    """declared: on the basis that a person chose for the unit, in the order of the counts."""
    bases = chosen_bases(sheet.case.journal.entries())
    counts = sheet.parts["counts"]
    examined = sheet.parts["scope"]["events"]
    sheet.parts["declared"] = {
        unit: declare(counts[unit], bases[unit], examined=examined) for unit in counts if unit in bases
    }
    for unit, declared in sheet.parts["declared"].items():
        sheet.enter(f"declared.{unit}", declared, "persons_count" if unit == "persons" else "records_count")


def put_categories(sheet: Sheet) -> None:
    """categories: a row for each category of the catalogue, and for those disclosed."""
    spans = {row.pop("category"): row for row in sheet.ask("category_spans")}
    nothing: Row = dict.fromkeys(("first_at", "last_at", "data_from", "data_until")) | {"protection": []}
    categories = {}
    is_beyond = beyond_logs(sheet) is not None
    for found in sheet.ask("categories_count"):
        row = _opened(found, is_beyond)
        name = row["category"]
        check_levels(f"categories.{name}", row)
        categories[name] = {"persons": levels(row)} | spans.get(name, nothing)
    sheet.put("categories", categories, "categories_count")


def put_identities(sheet: Sheet) -> None:
    """not_in_registry, test_identities, false_keys, unreadable, conflicts."""
    row = sheet.ask_one("identities_count")
    for key in ("not_in_registry", "test_identities", "false_keys"):
        sheet.put(key, row[key], "identities_count")
    sheet.put("unreadable", {"persons": row["unreadable"]}, "identities_count")
    sheet.put("conflicts", sheet.ask("conflicts_count"), "conflicts_count")


def put_modifications(sheet: Sheet) -> None:
    """modifications: records created, updated or deleted; `untold`: what may hold others, in no count."""
    row = sheet.ask_one("modifications_count")
    check_levels("modifications.records", row)
    sheet.put("modifications", {"records": levels(row) | {"untold": row["untold"]}}, "modifications_count")


def put_controllers(sheet: Sheet) -> None:
    """controllers: how many are most likely concerned, and the largest."""
    largest = [
        {
            "id": row["controller"],
            "name": row["name"],
            "persons": {"floor": row["floor"], "best": row["best"]},
        }
        for row in sheet.ask("controllers_largest", most=LARGEST_SHOWN)
    ]
    count = sheet.ask_one("controllers_count")["controllers"]
    sheet.put("controllers", {"count": count, "largest": largest}, "controllers_largest")
    sheet.enter("controllers.count", count, "controllers_count")


def put_shares(sheet: Sheet) -> None:
    """shares: of the records of a period, those most likely shown."""
    shares = [_share(sheet, settings) for settings in sheet.case.settings.shares]
    sheet.put("shares", shares, "share_counts")


def _share(sheet: Sheet, settings: ShareSettings) -> Row:
    kind, _colon, name = settings.unit.partition(":")
    if kind != "records" or name not in {record.name for record in sheet.case.settings.records}:
        raise InputError(
            _("[[shares]] counts '{unit}', which is not a kind of record of the case."),
            do=_("Write it as records:<name> of a [[records]]."),
            where=sheet.case.folder / "case.toml",
            unit=settings.unit,
        )
    row = sheet.ask_one("share_counts", **share_binds(settings))
    share = row["count"] / row["total"] if row["total"] else None
    return {"unit": settings.unit, "count": row["count"], "total": row["total"], "share": share}


def share_binds(settings: ShareSettings) -> dict[str, str | datetime | None]:
    """What the queries of a share are asked with."""
    return {
        "record_type": settings.unit.partition(":")[2],
        "by": settings.by,
        "since": _utc(settings.of.from_),
        "until": _utc(settings.of.until),
    }


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
