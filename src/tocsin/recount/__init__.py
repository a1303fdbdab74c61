# SPDX-License-Identifier: Apache-2.0
"""An independent count of a small case, to hold beside the report.

Plain Python over the case's own files: no engine, no table and no code of the product takes part,
so that a mistake there shows as a difference here. It is not made for speed nor for large cases.
"""

from __future__ import annotations

from tocsin.recount.comparison import Difference, compare, pair_figures
from tocsin.recount.errors import CannotRecount, RecountError, TooLargeToRecount
from tocsin.recount.report import list_left_out, report
from tocsin.recount.run import Recount, recount
from tocsin.recount.suspects import read_table
from tocsin.recount.tables import list_rows

__all__ = [
    "CannotRecount",
    "Difference",
    "Recount",
    "RecountError",
    "TooLargeToRecount",
    "compare",
    "list_left_out",
    "list_rows",
    "pair_figures",
    "read_table",
    "recount",
    "report",
]
