# SPDX-License-Identifier: Apache-2.0
"""What running things again leaves beside disclosures: checks against the log, totals, statements."""

from __future__ import annotations

from tocsin.core.tables import TABLES
from tocsin.core.tables.replayed import REPLAY_TABLES
from tocsin.store.case import Stage
from tocsin.store.engine import Engine


def start_replayed(engine: Engine) -> None:
    """Make the empty tables that resolvers add to: `replay_checks_now`, `derived_now`, `statements_now`."""
    for table in REPLAY_TABLES:
        columns = ", ".join(f"null::{column.type} as {column.name}" for column in table.columns)
        engine.create(f"{table.name}_now", f"select {columns} where false")


def write_replayed(stage: Stage) -> None:
    """Write what resolvers added."""
    for table in REPLAY_TABLES:
        columns = ", ".join(TABLES[table.name].column_names)
        stage.write(table.name, f"select {columns} from {table.name}_now")
