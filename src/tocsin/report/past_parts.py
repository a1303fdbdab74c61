# SPDX-License-Identifier: Apache-2.0
"""Rebuilt pasts in the report: how far each reaches, and the measured error that its figures carry."""

from __future__ import annotations

from typing import Final

from tocsin.report.figures import Row, Sheet, by_key

ERROR: Final = ("copies", "compared", "wrong", "known", "known_wrong", "missing", "extra", "share")
RESTING: Final = ("counts.persons.", "counts.records:", "categories.", "declared.", "certainties.", "shares.")
"""Figures that replays can feed; a floor never rests on one."""


def put_histories(sheet: Sheet) -> None:
    """histories: `{of, rows, from, until, persons, error}`; each figure that rests on one names its error."""
    columns = by_key(sheet.ask("history_columns"), "of")
    histories = []
    for row in sheet.ask("histories_found"):
        error: Row | None = {key: row.pop(key) for key in ERROR}
        histories.append({**row, "error": error if error and error["compared"] else None})
    sheet.put("histories", histories, "histories_found")
    for at, row in enumerate(histories):
        row["columns"] = columns.get(row["of"], [])
        sheet.enter(f"histories.{at}.columns", row["columns"], "history_columns")
    _mark_figures(sheet, [row for row in histories if row["persons"]])


def _mark_figures(sheet: Sheet, histories: list[Row]) -> None:
    """A figure that a replay of a rebuilt past can have fed carries its measured error."""
    carried = [
        {
            "of": row["of"],
            "wrong": row["error"]["wrong"] if row["error"] else None,
            "compared": row["error"]["compared"] if row["error"] else None,
        }
        for row in histories
    ]
    for path, entry in sheet.figures.entries.items():
        if carried and path.startswith(RESTING) and not path.endswith(".floor") and "_parts." not in path:
            entry["measured_error"] = carried
