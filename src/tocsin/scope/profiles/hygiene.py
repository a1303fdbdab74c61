# SPDX-License-Identifier: Apache-2.0
"""What a share owes: files past their purpose, exceptional flows with an owner and an end, what went since.

Flows and decisions are tables that persons keep (CSV, UTF-8). An earlier scan is what `tocsin scan --to`
wrote as JSON. Nothing is deleted here: it is said what is gone, by path and by content.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.terms import Category
from tocsin.core.words import _

FLOW_COLUMNS: Final = ("file", "purpose", "owner", "until")
DECISION_COLUMNS: Final = ("file", "column", "category", "by", "on")


@dataclass(frozen=True, slots=True)
class Flow:
    """An exception that somebody answers for, until a day, that day included."""

    file: str
    """A path, or a pattern of paths (`/srv/share/labo/*`)."""

    purpose: str
    owner: str
    until: date


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person has confirmed of a column."""

    file: str
    column: str
    category: str
    """Of the vocabulary, or `none`."""

    by: str
    on: date


class EarlierFile(msgspec.Struct, frozen=True):
    """Of an earlier scan: one file, or one member of it."""

    path: str
    sha256: str | None = None
    persons: int = 0


class Earlier(msgspec.Struct, frozen=True):
    """An earlier scan, as far as it is compared."""

    paths: list[str]
    scanned_at: str
    files: list[EarlierFile]


@dataclass(frozen=True, slots=True)
class Changes:
    """Between two scans of the same paths; files, not members."""

    gone: list[str]
    """Neither the path nor the content is there."""

    moved: list[tuple[str, str]]
    """The path is gone and its content is still there: before, now. No deletion."""

    changed: list[str]
    new: list[str]
    kept: int
    unknown: list[str]
    """The path is gone, and the earlier scan did not say its content: a copy may be there."""


def load_flows(path: Path) -> list[Flow]:
    """The register of exceptional flows. Raises InputError."""
    return [
        Flow(row["file"], row["purpose"], row["owner"], _day(path, line, row["until"]))
        for line, row in _rows(path, FLOW_COLUMNS)
    ]


def load_decisions(path: Path) -> list[Decision]:
    """What persons have confirmed; of two for one column the later one holds. Raises InputError."""
    found = []
    for line, row in _rows(path, DECISION_COLUMNS):
        if row["category"] not in (*(one.value for one in Category), "none"):
            raise InputError(
                _("'{category}' is no category."),
                do=_("Take one of the reference of categories, or 'none'."),
                where=f"{path}:{line}",
                category=row["category"],
            )
        day = _day(path, line, row["on"])
        found.append(Decision(row["file"], row["column"], row["category"], row["by"], day))
    return sorted(found, key=lambda one: one.on)


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every cell filled: an exception without an owner or an end is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if ";" in first else ",", strict=True)
            if not set(columns) <= set(reader.fieldnames or ()):
                raise InputError(
                    _("The table lacks columns."),
                    do=_("It has the columns {columns}."),
                    where=path,
                    columns=", ".join(columns),
                )
            for row in reader:
                cells = {name: (row.get(name) or "").strip() for name in columns}
                if not all(cells.values()):
                    raise InputError(
                        _("A cell of the table is empty."),
                        do=_("Fill {columns} in every row."),
                        where=f"{path}:{reader.line_num}",
                        columns=", ".join(columns),
                    )
                yield reader.line_num, cells
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputError(
            _("The table cannot be read."), do=_("Give a CSV file in UTF-8."), where=path
        ) from None


def _day(path: Path, line: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            _("'{text}' is no day."), do=_("Write days as 2026-12-31."), where=f"{path}:{line}", text=text
        ) from None


def flow_of(flows: Sequence[Flow], path: str) -> Flow | None:
    """The flow that covers a file: of several the one that ends last."""
    covering = [flow for flow in flows if fits(flow.file, path)]
    return max(covering, key=lambda flow: flow.until, default=None)


def decided(decisions: Sequence[Decision], label: str, path: str) -> dict[str, Decision]:
    """Column: what was confirmed of it, for a file or a member of it."""
    return {one.column: one for one in decisions if fits(one.file, path) or fits(one.file, label)}


def fits(pattern: str, path: str) -> bool:
    """A path as it is, or a pattern with `*` and `?` over the whole of it."""
    return pattern == path or fnmatchcase(path, pattern)


def load_earlier(path: Path, paths: Sequence[Path]) -> Earlier:
    """An earlier scan of the same paths. Raises InputError for another scan, or for what is none."""
    try:
        earlier = msgspec.json.decode(path.read_bytes(), type=Earlier)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise InputError(
            _("This is no earlier scan."), do=_("Give what 'tocsin scan --to scan.json' wrote."), where=path
        ) from None
    if sorted(earlier.paths) != asked_paths(paths):
        raise InputError(
            _("The earlier scan was of other paths."),
            do=_("Scan the same paths again: what was not looked at cannot be said to be gone."),
            where=path,
        )
    return earlier


def asked_paths(paths: Sequence[Path]) -> list[str]:
    """The paths of a scan as they are compared: absolute, in order."""
    return sorted(str(path.absolute()) for path in paths)


def compare(earlier: Earlier, now: Mapping[str, str | None]) -> Changes:
    """What became of each file; `now` gives the content's SHA-256 by path, null where it cannot be read."""
    before = {one.path: one.sha256 for one in earlier.files}
    places = {digest: path for path, digest in now.items() if digest is not None}
    lost = sorted(set(before) - set(now))
    both = sorted(set(before) & set(now))
    return Changes(
        gone=[path for path in lost if before[path] is not None and before[path] not in places],
        moved=[(path, places[digest]) for path in lost if (digest := before[path]) in places and digest],
        changed=[path for path in both if before[path] != now[path]],
        new=sorted(set(now) - set(before)),
        kept=sum(before[path] == now[path] for path in both),
        unknown=[path for path in lost if before[path] is None],
    )
