# SPDX-License-Identifier: Apache-2.0
"""What the carrier tells of letters: delivered, or returned and why; every row of its file is accounted for.

A CSV with the columns `reference` (the first of `addresses.csv`) and `status`, and `reason` where it has one.
It comes from outside: references that are not ours change nothing, and are counted.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.notify.outbox import Outbox, State

DELIVERED: Final = frozenset(
    {"delivered", "distributed", "distribué", "distribue", "livré", "livre", "remis"}
)
RETURNED: Final = frozenset(
    {
        "returned",
        "undeliverable",
        "retourné",
        "retourne",
        "retour",
        "npai",
        "pnd",
        "refusé",
        "refuse",
        "refused",
    }
)
"""NPAI and PND are what the French post writes on letters that come back (*pli non distribuable*)."""

_REFERENCE: Final = re.compile(r"[0-9a-f]{32}")
_REASON: Final = re.compile(r"[^\w -]")
_LONGEST_REASON: Final = 40


@dataclass(slots=True)
class Receipts:
    """Rows of a carrier's file, each in one box."""

    rows: int = 0
    delivered: int = 0
    returned: int = 0
    repeated: int = 0
    """What was known already, or came too late to change anything."""

    unknown: int = 0
    """References that no notice of ours has."""

    other: int = 0
    """A status that says neither."""


def take_in(outbox: Outbox, path: Path) -> Receipts:
    """Apply a carrier's file. Raises InputError for a file or a column that is not there."""
    found = Receipts()
    with outbox.changing():
        for reference, status, reason in _read(path):
            found.rows += 1
            state = _state_of(status)
            if not _REFERENCE.fullmatch(reference):
                found.unknown += 1
            elif state is None:
                found.other += 1
            else:
                _apply(outbox, found, reference, state, reason or status)
    return found


def _apply(outbox: Outbox, found: Receipts, reference: str, state: State, reason: str) -> None:
    known, changed = outbox.note_receipt(
        reference, state, f"returned {reason}" if state is State.FAILED else ""
    )
    if not known:
        found.unknown += 1
    elif not changed:
        found.repeated += 1
    elif state is State.FAILED:
        found.returned += 1
    else:
        found.delivered += 1


def _state_of(status: str) -> State | None:
    said = status.strip().casefold()
    if said in DELIVERED:
        return State.DELIVERED
    return State.FAILED if said in RETURNED else None


def _read(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        file = path.open(encoding="utf-8-sig", newline="", errors="replace")
    except OSError:
        raise InputError(
            _("There is no such file of receipts."), do=_("Check the path."), where=path, code="no_file"
        ) from None
    with file:
        first = file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter=";" if first.count(";") > first.count(",") else ",")
        for name in ("reference", "status"):
            if name not in (reader.fieldnames or ()):
                raise InputError(
                    _("There is no column '{name}'."),
                    do=suggest(name, reader.fieldnames or ()),
                    where=path,
                    code="no_column",
                    name=name,
                )
        for row in reader:
            reason = _REASON.sub("", (row.get("reason") or "").strip())[:_LONGEST_REASON]
            yield (row["reference"] or "").strip(), row["status"] or "", reason
