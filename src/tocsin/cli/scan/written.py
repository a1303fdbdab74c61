# SPDX-License-Identifier: Apache-2.0
"""The file that `tocsin scan --to` writes: the whole as JSON, or as CSV a row a file and category."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tocsin.core.cells import inert
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible

_CSV_COLUMNS = (
    "file",
    "kind",
    "bytes",
    "changed_at",
    "rows",
    "persons",
    "past_purpose",
    "unreadable",
    "category",
    "values",
    "confidence",
)


def refuse_target(target: Path | None) -> None:
    """Before anything is scanned: no file is written of another kind."""
    if target is not None and target.suffix.lower() not in (".json", ".csv"):
        raise InputError(
            _("The profiles are not written to a file of this kind ({kind})."),
            do=_("Use .json or .csv."),
            where=target,
            code="unknown_kind",
            kind=target.suffix,
        )


def write_profiles(target: Path, result: dict[str, object]) -> None:
    """As an object, or one row a file and category; a file's name may not become a formula."""
    temporary = target.with_name(f".{target.name}.tmp")
    if target.suffix.lower() == ".json":
        text = json.dumps(result, ensure_ascii=False, indent=1)
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
    else:
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_CSV_COLUMNS)
            for one in _files(result):
                writer.writerows([_cell(value) for value in row] for row in _csv_rows(one))
    temporary.replace(target)


def _files(result: dict[str, object]) -> list[dict[str, object]]:
    listed = result["files"]
    return listed if isinstance(listed, list) else []


def _csv_rows(one: dict[str, object]) -> list[list[object]]:
    head = [one[name] for name in _CSV_COLUMNS[:8]]
    found = one["categories"]
    told = found if isinstance(found, dict) and found else {"": {"values": "", "confidence": ""}}
    return [[*head, name, held["values"], held["confidence"]] for name, held in told.items()]


def _cell(value: object) -> str:
    return "" if value is None else inert(visible(str(value)))
