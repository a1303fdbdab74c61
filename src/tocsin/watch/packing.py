# SPDX-License-Identifier: Apache-2.0
"""Many small parts of `events` made one: each batch adds a part, and thousands would slow every query.

A part holds a stretch of its file; stretches that follow one another become the first of them, on all their
days. The tail of a file is packed when it has grown as large as what stands before it, so that no event is
written again more often than the logarithm of their number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from tocsin.core.tables import TABLES
from tocsin.store.case import Case, Stage
from tocsin.store.parts import Part

MOST_STRETCHES: Final = 32
"""Of one file: from here on its tail is packed."""

LARGEST_ROWS: Final = 2_000_000
"""Stretches are not packed beyond this: they are large enough."""


class _Stretch(NamedTuple):
    label: str
    rows: int


def pack_events(case: Case) -> int:
    """Pack the tails of files of many stretches, in a commit of its own. Returns how many parts went."""
    parts = case.generation.tables.get("events", ())
    tails = [tail for labels in _labels_by_file(parts) if len(tail := _tail(labels)) > 1]
    if not tails:
        return 0
    with case.stage("ingest") as stage:
        packed = [part for tail in tails for part in _packed(stage, parts, [one.label for one in tail])]
        gone = {one.label for tail in tails for one in tail}
        stage.keep("events", [part for part in parts if part.label not in gone])
        stage.keep("events", packed)
        stage.commit(case.generation.stages["ingest"])
    return len(parts) - len(case.generation.tables["events"])


def _labels_by_file(parts: Iterable[Part]) -> list[list[_Stretch]]:
    """The stretches of each file that has too many, in order."""
    rows: dict[str, int] = {}
    for part in parts:
        rows[part.label] = rows.get(part.label, 0) + part.rows
    files: dict[str, list[_Stretch]] = {}
    for label in sorted(rows):
        files.setdefault(label.partition("-")[0], []).append(_Stretch(label, rows[label]))
    return [stretches for stretches in files.values() if len(stretches) > MOST_STRETCHES]


def _tail(stretches: list[_Stretch]) -> list[_Stretch]:
    """The longest end of a file in which each stretch is no larger than twice all behind it."""
    begin, total = len(stretches) - 1, stretches[-1].rows
    while (
        begin and stretches[begin - 1].rows <= 2 * total and total + stretches[begin - 1].rows < LARGEST_ROWS
    ):
        begin -= 1
        total += stretches[begin].rows
    return stretches[begin:]


def _packed(stage: Stage, parts: Iterable[Part], labels: list[str]) -> list[Part]:
    """One part a day, under the name of the first stretch."""
    chosen, days = set(labels), dict[str, list[Part]]()
    for part in parts:
        if part.label in chosen:
            days.setdefault(part.path.split("/")[1], []).append(part)
    made = []
    for folder, held in sorted(days.items()):
        stage.case.attach(stage.engine, TABLES["events"], held)
        made += stage.parts(
            stage.engine, "events", "select * from events", folder_name=folder, label=labels[0]
        )
    return made
