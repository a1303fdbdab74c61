# SPDX-License-Identifier: Apache-2.0
"""Tables in documents (a sheet, a table of a letter): rows of cells as a relation whose columns have names.

The first row names the columns where it can; a table that it does not name is known by its values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from tocsin.scope.profiles.interface import TEXT, Rows, text_batches
from tocsin.scope.profiles.readers.csv_rows import names_of

Row = Sequence[str | None]


def table_of(part: str, rows: Iterator[Row]) -> Iterator[Rows]:
    """One relation, or none where there is no row; cells beyond the first row's are prose."""
    first = next(rows, None)
    if first is None:
        return
    names, has_header = names_of([cell or "" for cell in first])
    body = rows if has_header else chain([first], rows)
    width = len(names)
    columns = (*names, TEXT if TEXT not in names else f"{TEXT} ({width + 1})")
    yield Rows(part, columns, text_batches(columns, (_fitted(row, width) for row in body)))


def _fitted(row: Row, width: int) -> tuple[str | None, ...]:
    beyond = " ".join(cell for cell in row[width:] if cell)
    return (*row[:width], *(None for _ in range(width - len(row))), beyond or None)


def plain_number(text: str) -> str:
    """A spreadsheet writes long numbers as 1.84127511E14: told in full again where that is exact."""
    if "E" in text.upper():
        try:
            value = float(text)
        except ValueError:
            return text
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    return text.removesuffix(".0")
