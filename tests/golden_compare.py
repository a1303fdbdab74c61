# SPDX-License-Identifier: Apache-2.0
"""Compares plain rows with the expected files of the golden case, as its README tells.

Sets of rows without order, on the columns of the expected file; an empty cell is null, `*` is not
compared, instants are instants. Every function gives the differences in words: none is right.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

EXPECTED = Path(__file__).resolve().parent / "golden" / "expected"
KEYS = {
    "events": ("event",),
    "set_aside": ("record",),
    "judged": ("event",),
    "nothing_shown": ("event",),
    "unresolved": ("event",),
    "disclosures": ("event", "registry", "person", "record_type", "record", "category"),
    "exposure": ("group", "category"),
    "persons": ("registry", "person"),
}
"""What names a row of each expected file."""
FOR_READERS = {"nothing_shown": ("why",)}
INSTANTS = ("occurred_at",)

Row = Mapping[str, object]


def label_events(events: Iterable[Row]) -> dict[object, str]:
    """`source:line` of each event_id, from rows with event_id, source and line_number."""
    return {row["event_id"]: f"{row['source']}:{row['line_number']}" for row in events}


def label_rows(rows: Iterable[Row], labels: Mapping[object, str]) -> list[dict[str, object]]:
    """Rows with `event` from their event_id, and retry_of as a label, for `compare_table`."""
    labelled = []
    for row in rows:
        one = dict(row) | {"event": labels.get(row["event_id"], str(row["event_id"]))}
        if row.get("retry_of") is not None:
            one["retry_of"] = labels.get(row["retry_of"], str(row["retry_of"]))
        labelled.append(one)
    return labelled


def label_set_aside(rows: Iterable[Row]) -> list[dict[str, object]]:
    """Rows with `record` from their source and line_number."""
    return [dict(row) | {"record": f"{row['source']}:{row['line_number']}"} for row in rows]


def compare_table(name: str, rows: Iterable[Row]) -> list[str]:
    """Compare events, set_aside, judged, disclosures, nothing_shown or unresolved."""
    return _compare(name, list(rows), _read_expected(name))


def compare_persons(rows: Iterable[Row]) -> list[str]:
    """Compare the partition that `person_id` makes; the names of its groups are free."""
    found = list(rows)
    groups = {(row["registry"], row["person"]): row["person_id"] for row in found}
    expected = _read_expected("persons")
    problems = _compare("persons", found, [{key: row[key] for key in KEYS["persons"]} for row in expected])
    if len(groups) != len(found):
        problems.append("persons: a local id has two rows")
    pairs = {(row["group"], groups.get((row["registry"], row["person"]))) for row in expected}
    for side, place in (("expected", 0), ("found", 1)):
        split = [group for group, times in Counter(pair[place] for pair in pairs).items() if times > 1]
        problems.extend(f"persons: the {side} group {group} is split" for group in split)
    return problems


def compare_exposure(rows: Iterable[Row], persons: Iterable[Row]) -> list[str]:
    """Compare exposure on groups; rows that are only encrypted are not compared."""
    groups = _find_groups(persons)
    named = [dict(row) | {"group": groups.get(row["person_id"], str(row["person_id"]))} for row in rows]
    return _compare("exposure", [row for row in named if not _is_unread(row)], _read_expected("exposure"))


def compare_report(report: object) -> list[str]:
    """Compare report.json: every expected key is there and equal."""
    expected = json.loads((EXPECTED / "report.json").read_text("utf-8"))
    return _compare_value("report", expected, report)


def _find_groups(persons: Iterable[Row]) -> dict[object, str]:
    """The expected name of each person_id: its smallest local id."""
    groups: dict[object, str] = {}
    for row in persons:
        local = str(row["person"])
        groups[row["person_id"]] = min(groups.get(row["person_id"], local), local)
    return groups


def _is_unread(row: Row) -> bool:
    """Whether a row of exposure is in no count, or of encrypted disclosures alone."""
    protection = row.get("protection")
    kinds = [protection] if isinstance(protection, str) else list(protection or ())  # type: ignore[call-overload]
    return row.get("count_in") is None or (bool(kinds) and set(kinds) <= {"encrypted"})


def _read_expected(name: str) -> list[dict[str, str]]:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _compare(name: str, rows: list[Row], expected: list[dict[str, str]]) -> list[str]:
    key = KEYS[name]
    columns = [one for one in expected[0] if one not in (*key, *FOR_READERS.get(name, ()))]
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(_write(one, row.get(one)) for one in key), []).append(row)
    problems = [
        f"{name}: {_show(one)} stands {len(same)} times" for one, same in found.items() if len(same) > 1
    ]
    wanted = {tuple(row[one] for one in key): row for row in expected}
    problems += [f"{name}: {_show(one)} is missing" for one in wanted if one not in found]
    problems += [f"{name}: {_show(one)} is too much" for one in found if one not in wanted]
    for one in wanted.keys() & found.keys():
        problems += [
            f"{name}: {_show(one)} {column}: {_write(column, found[one][0].get(column))!r}"
            f" instead of {wanted[one][column]!r}"
            for column in columns
            if not _is_equal(column, wanted[one][column], found[one][0].get(column))
        ]
    return sorted(problems)


def _show(key: tuple[str, ...]) -> str:
    return " ".join(part for part in key if part)


def _is_equal(column: str, wanted: str, value: object) -> bool:
    if wanted == "*":
        return True
    if column in INSTANTS and wanted:
        return _read_instant(value) == _read_instant(wanted)
    return _write(column, value) == wanted


def _read_instant(value: object) -> datetime | None:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if isinstance(found, datetime) and found.tzinfo else None


def _write(column: str, value: object) -> str:
    """A cell as the expected files write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return " ".join(str(one) for one in value)
    return value.isoformat() if isinstance(value, date) else str(value)


NAMES = ("source", "id", "unit")


def _compare_value(path: str, wanted: object, found: object) -> list[str]:
    if isinstance(wanted, dict) and "$in" not in wanted:
        return _compare_object(path, wanted, found)
    if isinstance(wanted, list):
        return _compare_list(path, wanted, found)
    allowed = wanted["$in"] if isinstance(wanted, dict) else [wanted]
    if wanted == "*" or any(_is_same(path, one, found) for one in allowed):
        return []
    return [f"{path}: {found!r} instead of {wanted!r}"]


def _is_same(path: str, wanted: object, found: object) -> bool:
    if path.endswith(".share") and isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(wanted - found) <= 1e-9
    if _read_or_none(wanted) is not None:
        return _read_or_none(wanted) == _read_or_none(found)
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _compare_object(path: str, wanted: dict[str, object], found: object) -> list[str]:
    if not isinstance(found, dict):
        return [f"{path}: {found!r} is no object"]
    problems = []
    for key, value in wanted.items():
        if key not in found and value != "*":
            problems.append(f"{path}.{key} is missing")
        else:
            problems += _compare_value(f"{path}.{key}", value, found.get(key))
    return problems


def _compare_list(path: str, wanted: list[object], found: object) -> list[str]:
    """Objects are matched by source, id or unit; others in order."""
    if not isinstance(found, list):
        return [f"{path}: {found!r} is no list"]
    name = next((one for one in NAMES if wanted and isinstance(wanted[0], dict) and one in wanted[0]), None)
    if name is None:
        if len(wanted) != len(found):
            return [f"{path}: {len(found)} entries instead of {len(wanted)}"]
        pairs = list(zip(wanted, found, strict=True))
        return [
            text
            for at, (one, other) in enumerate(pairs)
            for text in _compare_value(f"{path}.{at}", one, other)
        ]
    named = {row.get(name): row for row in found if isinstance(row, dict)}
    problems = []
    for row in wanted:
        label = row[name] if isinstance(row, dict) else None
        problems += _compare_value(f"{path}.{label}", row, named.get(label))
    return problems


def _read_or_none(value: object) -> datetime | None:
    try:
        return _read_instant(value)
    except ValueError:
        return None
