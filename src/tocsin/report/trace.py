# SPDX-License-Identifier: Apache-2.0
"""From a figure of the report to the records behind it: file, line, byte offset.

Each family of figures has the query of the events behind it; records set aside follow, where the figure
counts them. The text of the lines is for others to read.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tocsin.core.errors import InputError
from tocsin.report.assemble import TABLES_READ, digest_inputs, make_relations
from tocsin.report.figures import Figures, Sheet
from tocsin.report.families import FAMILIES, Behind
from tocsin.store.case import Case


@dataclass(frozen=True, slots=True)
class Line:
    """Where a record stands."""

    file: str | None
    """Path as in the table of files; `a.zip!member` for an archive."""

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
    for pattern, find in FAMILIES:
        found = re.fullmatch(pattern, figure)
        if found:
            return _trace(case, lambda sheet, found=found, find=find: find(sheet, found), limit)
    if figure in _known_figures(case):
        return []
    raise _unknown(case, figure)
