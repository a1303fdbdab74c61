# SPDX-License-Identifier: Apache-2.0
"""From a figure of the report to the records behind it: file, line, byte offset.

Each family of figures has the query of the events behind it; records set aside follow, where the figure
counts them. The text of the lines is for others to read.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass

from tocsin.core.errors import InputError, Sentence
from tocsin.core.words import _
from tocsin.report.assemble import TABLES_READ, digest_inputs, make_relations
from tocsin.report.families import EXAMPLES, FAMILIES, Finder, Found
from tocsin.report.figures import Figures, Sheet
from tocsin.store.case import Case

ALONE = re.compile(r"scope\.(?!acts)|nothing_shown\.|unresolved\.|accounting\.|timeline\.|clocks\.")
"""Figures that count events, not acts: each line stands for itself."""

VALUES = re.compile(r"\.(?:basis|hypotheses|reasons\.\d+|values)\.")
"""A number within a sentence's code: what it says is counted elsewhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where a record stands."""

    file: str | None
    """Path as in the table of files; `a.zip!member` within an archive."""

    file_number: int
    line_number: int | None
    """1-based."""

    byte_offset: int
    """In the decompressed file; of the record, or of its container."""

    item: int
    """Index in the container."""


def trace(case: Case, figure: str, limit: int = 20) -> list[Line]:
    """The first records behind a figure, in the order of the files; none for what no record shows (a gap).

    Raises InputError for a figure that the report has not, with the nearest.
    """
    known = known_figures(case)
    if figure in known and VALUES.search(figure):
        return []
    for pattern, find in FAMILIES:
        found = re.fullmatch(pattern, figure)
        if found and not _is_unknown(figure, found, known):
            return _find_lines(case, find, found, limit, with_witnesses=ALONE.match(figure) is None)
    if figure in known:
        return []
    raise _unknown(figure, known)


def known_figures(case: Case) -> set[str]:
    """The figures of the last report written, if there is one, and those that every report has."""
    path = case.folder / "report" / "report.json"
    written = json.loads(path.read_text("utf-8")).get("figures", {}) if path.is_file() else {}
    categories = {name for rule in case.catalogue.shows for name in rule.categories}
    units = {f"counts.records:{record.name}" for record in case.settings.records}
    units |= {f"categories.{name}.persons" for name in categories}
    return {
        *written,
        *EXAMPLES,
        *(f"{unit}.{level}" for unit in units for level in ("floor", "best", "ceiling")),
    }


def _is_unknown(figure: str, found: Found, known: set[str]) -> bool:
    """Whether a path of the right form names a category or kind of record that is not there."""
    named = found.groupdict()
    return ("category" in named or "kind" in named) and figure not in known


def _find_lines(case: Case, find: Finder, found: Found, limit: int, *, with_witnesses: bool) -> list[Line]:
    with case.engine(*TABLES_READ, "set_aside") as engine:
        sheet = Sheet(case, engine, Figures(inputs=digest_inputs(case)))
        make_relations(sheet)
        aside = find(sheet, found)
        sheet.make("witnessed", with_witnesses=with_witnesses)
        rows = sheet.ask("lines_of_events", most=limit)
        if aside is not None and len(rows) < limit:
            rows += sheet.ask(
                "lines_set_aside",
                source=aside.source,
                reason=aside.reason,
                in_scope=aside.in_scope,
                most=limit - len(rows),
            )
    return [Line(**row) for row in rows]


def _unknown(figure: str, known: set[str]) -> InputError:
    close = difflib.get_close_matches(figure, sorted(known), n=3, cutoff=0.4)
    return InputError(
        _("The report has no such figure."),
        do=Sentence(_("The nearest: {known}."), {"known": ", ".join(close)})
        if close
        else _("See `figures` in report.json."),
        code="no_such_figure",
    )
