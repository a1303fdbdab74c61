# SPDX-License-Identifier: Apache-2.0
"""The tables of coverage: what the logs lack by their own account, and who could not work."""

from __future__ import annotations

from tocsin.core.tables.table import INSTANT, INTEGER, TEXT, YES_NO, Table, clear, local_id

COVERAGE = Table(
    name="coverage",
    grain="one finding of a test of completeness",
    columns=(
        clear("source", TEXT, "the source"),
        clear("node", TEXT, "the node; null: the whole source"),
        clear(
            "test",
            TEXT,
            "counter, sampling, rotation, reception, silence, shut, quiet, cut, login_alone, acts_alone,"
            " balance, sticky, few, unmatched, ratio, capture or chain",
        ),
        clear("from_at", INSTANT, "where it begins; null: the whole source"),
        clear("until_at", INSTANT, "where it ends"),
        local_id("account", TEXT, "of the session that `balance` found"),
        clear("is_hole", YES_NO, "it widens the ceiling where it overlaps a suspect's period"),
        clear("most_records", INTEGER, "records that it lacks at most; null: nothing tells"),
        clear("figures", TEXT, "JSON: what was measured"),
        clear("fr", TEXT, "what it means, in French"),
        clear("en", TEXT, "what it means, in English"),
    ),
    key=("source", "test", "node", "from_at", "until_at", "account", "figures"),
)

OUTAGES = Table(
    name="outages",
    grain="one stretch in which those who usually work with a source could not",
    columns=(
        clear("outage", INTEGER, "its number, in order of time"),
        clear("source", TEXT, "the source"),
        clear("from_at", INSTANT, "the last thing that anybody got before"),
        clear(
            "until_at", INSTANT, "the first thing that anybody got after; null: nothing up to the last log"
        ),
        clear("hours_lost", INTEGER, "hours at which people usually work"),
        clear("refused", INTEGER, "requests that the failing service refused (5xx)"),
        clear("accounts", INTEGER, "accounts that usually act at those hours and got nothing"),
        clear("addresses", INTEGER, "addresses, where the source logs no account"),
    ),
    key=("outage",),
)

OUTAGE_ACCOUNTS = Table(
    name="outage_accounts",
    grain="one outage and account that could not work",
    columns=(
        clear("outage", INTEGER, "its number in `outages`"),
        local_id("account", TEXT, "the account"),
        clear("usual_hours", INTEGER, "hours of the outage at which it usually works"),
    ),
    key=("outage", "account"),
)

COVERAGE_TABLES = (COVERAGE, OUTAGES, OUTAGE_ACCOUNTS)
