# SPDX-License-Identifier: Apache-2.0
"""The tables of what was run again: whether logged counts agree, what was only derived, the statements."""

from __future__ import annotations

from tocsin.core.tables.table import INTEGER, TEXT, TEXTS, Layout, Table, clear, identity

REPLAY_CHECKS = Table(
    name="replay_checks",
    grain="one event in scope that was run again and of which the log counts something",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("resolver", TEXT, "who ran it again"),
        clear("against", TEXT, "items (rows in the log), bytes (of the reply) or file (persons of a copy)"),
        clear("least_rows", INTEGER, "rows that it must have given"),
        clear("most_rows", INTEGER, "rows that it can have given"),
        clear("logged", INTEGER, "what the log or the file says, in rows"),
        clear("verdict", TEXT, "confirmed, narrowed, contradicted; not_contradicted: such a size can be"),
    ),
    key=("event_id", "resolver", "against"),
    layout=Layout.PARTS,
)

DERIVED = Table(
    name="derived",
    grain="one event whose statement gave only what is derived from persons: counts, sums, existence",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("database", TEXT, "the [[databases]] of the catalogue"),
        clear("results", INTEGER, "rows of its result"),
        clear("least_persons", INTEGER, "the fewest persons behind one of them; null: none"),
        clear("small_groups", INTEGER, "rows with fewer than 11 persons behind them: they may tell of one"),
    ),
    key=("event_id",),
    layout=Layout.PARTS,
)

STATEMENTS = Table(
    name="statements",
    grain="one statement of a database, without its values",
    columns=(
        clear("database", TEXT, "the [[databases]] of the catalogue"),
        clear("statement", TEXT, "its number: a digest"),
        identity("template", TEXT, "its text, `?` for each value"),
        clear("fate", TEXT, "told, derived, nobody, or why its events are unresolved"),
        clear("columns", TEXTS, "the columns that it shows"),
        clear("events", INTEGER, "events in scope"),
    ),
    key=("database", "statement"),
)

REPLAY_TABLES = (REPLAY_CHECKS, DERIVED, STATEMENTS)
