# SPDX-License-Identifier: Apache-2.0
"""The result in words, for a terminal: a minute's reading, as plain lines.

Text from outside is shown with its control characters spelt out.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any, Final

from tocsin.core.words import Words, _, visible
from tocsin.report.facts import Fact, Row, summarise
from tocsin.report.reading import read_report

LABEL_MOST: Final = 22
LEAST_WIDTH: Final = 48


def summary_lines(
    report: Mapping[str, Any], words: Words, width: int = 80, *, extra: Mapping[str, Any] | None = None
) -> list[str]:
    """The result as plain lines of at most `width` characters, safe for any terminal."""
    summary = summarise(read_report(report, extra), words)
    lines = [*_wrapped(summary.title, width), *_wrapped(summary.headline, width), ""]
    if summary.rows:
        lines += [*_table_lines(words, summary.rows, width), ""]
    lines += _facts_lines(summary.facts, width)
    return [visible(line) for line in lines]


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    if not text:
        return []
    return wrap(
        visible(text),
        max(width, LEAST_WIDTH),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


def _facts_lines(facts: list[Fact], width: int) -> list[str]:
    """A label in the margin, said once; the text beside it."""
    margin = min(LABEL_MOST, max((len(fact.label) for fact in facts), default=0)) + 2
    lines: list[str] = []
    label = ""
    for fact in facts:
        shown = "" if fact.label == label else fact.label
        lines += _wrapped(fact.text, width, f"{shown:<{margin}}", " " * margin)
        label = fact.label
    return lines


def _table_lines(words: Words, rows: list[Row], width: int) -> list[str]:
    """Aligned columns: the name cut in lines of its own when the terminal is narrow."""
    heads = Row(*column_heads(words))
    columns = [[getattr(row, name) for row in (heads, *rows)] for name in ("floor", "best", "ceiling")]
    widths = [max(len(cell) for cell in column) for column in columns]
    room = max(width, LEAST_WIDTH) - sum(widths) - 2 * len(widths)
    longest = max(len(visible(row.name)) for row in (heads, *rows))
    first = max(11, min(longest, room))
    lines: list[str] = []
    for row in (heads, *rows):
        *above, last = wrap(visible(row.name), first) or [""]
        cells = "".join(
            f"  {cell:>{size}}" for cell, size in zip((row.floor, row.best, row.ceiling), widths, strict=True)
        )
        lines += [*above, f"{last:<{first}}{cells}"]
    return lines


def column_heads(words: Words) -> tuple[str, str, str, str]:
    """The heads of a table of counts."""
    return (
        words.text(_("Data shown, persons")),
        words.text(_("at least")),
        words.text(_("most likely")),
        words.text(_("at most")),
    )
