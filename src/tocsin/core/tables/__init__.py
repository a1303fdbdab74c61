# SPDX-License-Identifier: Apache-2.0
"""Every table that the stages exchange: the narrow waist of the house.

A stage reads tables that earlier stages committed and writes its own; nothing else passes between
them. Each column has a type, a sensitivity and a meaning; `docs/reference/tables.md` is made from here.
"""

from tocsin.core.tables.covered import COVERAGE_TABLES
from tocsin.core.tables.divided import SPLIT_TABLES
from tocsin.core.tables.found import DETECT_TABLES, FILE_TABLES, LINK_TABLES, SCOPE_TABLES
from tocsin.core.tables.outside import OUTSIDE_TABLES
from tocsin.core.tables.past import PAST_TABLES
from tocsin.core.tables.read import INGEST_TABLES
from tocsin.core.tables.replayed import REPLAY_TABLES
from tocsin.core.tables.table import Column, Layout, Table
from tocsin.core.tables.told import NOTIFY_TABLES

ALL_TABLES = (
    *INGEST_TABLES,
    *PAST_TABLES,
    *FILE_TABLES,
    *DETECT_TABLES,
    *SPLIT_TABLES,
    *COVERAGE_TABLES,
    *SCOPE_TABLES,
    *REPLAY_TABLES,
    *LINK_TABLES,
    *OUTSIDE_TABLES,
    *NOTIFY_TABLES,
)
TABLES: dict[str, Table] = {table.name: table for table in ALL_TABLES}

SHAPES = "\n".join(f"{table.name} {' '.join(table.column_names)}" for table in ALL_TABLES)
"""Names of all tables and columns."""

__all__ = [
    "ALL_TABLES",
    "COVERAGE_TABLES",
    "DETECT_TABLES",
    "FILE_TABLES",
    "INGEST_TABLES",
    "LINK_TABLES",
    "NOTIFY_TABLES",
    "OUTSIDE_TABLES",
    "PAST_TABLES",
    "REPLAY_TABLES",
    "SCOPE_TABLES",
    "SHAPES",
    "SPLIT_TABLES",
    "TABLES",
    "Column",
    "Layout",
    "Table",
]
