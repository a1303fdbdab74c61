# SPDX-License-Identifier: Apache-2.0
"""Tables of what was rebuilt of the past: how far it reaches, what became of its sources, how wrong it is."""

from __future__ import annotations

from tocsin.core.tables.table import INSTANT, INTEGER, TEXT, Table, clear

HISTORIES = Table(
    name="histories",
    grain="one registry or table of records whose past was rebuilt",
    columns=(
        clear("of", TEXT, "the [[registries]] or [[records]] of case.toml"),
        clear("rows", INTEGER, "rows rebuilt"),
        clear("doubtful_rows", INTEGER, "rows of which something is not known"),
        clear("keys", INTEGER, "local ids"),
        clear("from_at", INSTANT, "the first that is told or copied"),
        clear("until_at", INSTANT, "the last; from then on nothing is known"),
    ),
    key=("of",),
)

HISTORY_FACTS = Table(
    name="history_facts",
    grain="one [[history]], fate and reason of what it holds",
    columns=(
        clear("of", TEXT, "the registry or table of records"),
        clear("history", TEXT, "the [[history]] of case.toml"),
        clear("fate", TEXT, "told, not_told or set_aside; odd: told, and counted beside"),
        clear("reason", TEXT, "the type of message, copy, change, or why not"),
        clear("rows", INTEGER, "messages or rows"),
    ),
    key=("of", "history", "fate", "reason"),
)

HISTORY_ERRORS = Table(
    name="history_errors",
    grain="one copy held out, and one column: what all other sources say of its date, held against it",
    columns=(
        clear("of", TEXT, "the registry or table of records"),
        clear("copy", TEXT, "the copy that was held out"),
        clear("at", INSTANT, "its date"),
        clear("column", TEXT, "the column; `row` for whole rows, `present` for who stands in it"),
        clear("compared", INTEGER, "cells or rows of which the others say something"),
        clear("wrong", INTEGER, "of these, those that differ from the copy"),
        clear("known", INTEGER, "those that would count as known"),
        clear("known_wrong", INTEGER, "of these, those that differ from the copy"),
        clear("missing", INTEGER, "who stands in the copy and was not found"),
        clear("extra", INTEGER, "who was found and does not stand in the copy"),
    ),
    key=("of", "copy", "at", "column"),
)

PAST_TABLES = (HISTORIES, HISTORY_FACTS, HISTORY_ERRORS)
