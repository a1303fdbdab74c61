# SPDX-License-Identifier: Apache-2.0
"""The result in words, for a terminal: a minute's reading, as plain lines or for rich.

Text from outside is shown with its control characters spelt out, and is never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

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


def summary_view(report: Mapping[str, Any], words: Words, *, extra: Mapping[str, Any] | None = None) -> Group:
    """The same for rich: bold headline, aligned columns; names are text, never markup."""
    summary = summarise(read_report(report, extra), words)
    parts: list[Text | Table | Padding] = []
    if summary.title:
        parts.append(Text(visible(summary.title), style="dim"))
    parts.append(Text(visible(summary.headline), style="bold"))
    if summary.rows:
        parts.append(Padding(_rich_rows(words, summary.rows), (1, 0)))
    parts.append(_rich_facts(summary.facts))
    return Group(*parts)


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


def _rich_rows(words: Words, rows: Iterable[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    name, *figures = column_heads(words)
    table.add_column(name)
    for head in figures:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(Text(visible(row.name)), row.floor, Text(row.best, style="bold"), row.ceiling)
    return table


def _rich_facts(facts: Iterable[Fact]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", max_width=LABEL_MOST)
    table.add_column(overflow="fold")
    label = ""
    for fact in facts:
        shown = "" if fact.label == label else fact.label
        table.add_row(Text(shown), Text(visible(fact.text), style="bold yellow" if fact.alarm else ""))
        label = fact.label
    return table
