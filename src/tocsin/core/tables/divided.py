# SPDX-License-Identifier: Apache-2.0
"""The tables of the split: what tells an owner's sessions from a thief's, and whom either saw.

Detection writes what it knows of the sessions; the split weighs it, again at each answer, without a log.
"""

from __future__ import annotations

from tocsin.core.tables.table import (
    INSTANT,
    INTEGER,
    REAL,
    TEXT,
    TEXTS,
    YES_NO,
    Layout,
    Table,
    clear,
    identity,
    local_id,
)

INTEGERS = "BIGINT[]"

SESSION_EVIDENCE = Table(
    name="session_evidence",
    grain="one session that saw somebody, of an account to split or of a clean one that stands beside it",
    columns=(
        clear("session_id", TEXT, "the session"),
        local_id("account", TEXT, "the account"),
        clear("account_p", REAL, "probability that the account was stolen; 1 where people hold it"),
        clear("is_clean", YES_NO, "an account nothing was found on: the confirmed pattern is tried on it"),
        clear("role", TEXT, "profession; empty where the directory says none"),
        clear("organisation", TEXT, "of the account"),
        clear("device", TEXT, "of the first event"),
        clear("device_accounts", INTEGER, "accounts that ever used the device"),
        clear("device_held", INTEGER, "of these, accounts to split"),
        clear("device_colleagues", INTEGER, "of these, other accounts of the same organisation"),
        clear("address", TEXT, "of the first event"),
        clear("address_accounts", INTEGER, "accounts that ever used the address"),
        clear("address_held", INTEGER, "of these, accounts to split"),
        clear("address_colleagues", INTEGER, "of these, other accounts of the same organisation"),
        clear("turn", INTEGER, "place among the account's sessions, 1 is the first"),
        clear("first_at", INSTANT, "first event"),
        clear("last_at", INSTANT, "last event"),
        clear("events", INTEGER, "events in it"),
        clear("persons", INTEGER, "distinct local ids seen"),
        clear("new_persons", INTEGER, "of these, seen for the first time by this account"),
        clear("writes", INTEGER, "events that created, changed or deleted"),
        clear("searches", INTEGER, "searches"),
        clear("volume_mean", REAL, "persons a session, over the profession"),
        clear("volume_size", REAL, "how evenly: size of the negative binomial"),
        clear("at_once", TEXTS, "sessions of the account at the same time on another device and address"),
        clear("terms", TEXT, "JSON list of {term, k, n, rate, spread}: so many of so many, usual rate"),
        clear("lines", INTEGERS, "event_id of some events that carry it"),
    ),
    key=("account", "first_at", "session_id"),
)

SESSION_PEOPLE = Table(
    name="session_people",
    grain="one session of an account to split and one person seen in it",
    columns=(
        clear("session_id", TEXT, "the session"),
        clear("registry", TEXT, "whose id it is; empty where the case has one at most; null: nothing tells"),
        local_id("person", TEXT, "bare local id"),
    ),
    key=("session_id", "registry", "person"),
    layout=Layout.PARTS,
)

SPLIT_SESSIONS = Table(
    name="split_sessions",
    grain="one session of an account that owner and thief may have shared",
    columns=(
        local_id("account", TEXT, "the account"),
        clear("session_id", TEXT, "the session"),
        clear("p", REAL, "probability that it is the thief's; 1 only on a hard fact"),
        clear("class", TEXT, "confirmed, likely, possible or excluded"),
        clear("hard_fact", TEXT, "answer, infrastructure or overlap; null: none"),
        clear("owner_evidence", TEXT, "answer, place or content: what speaks for the owner; null: nothing"),
        clear("place", TEXT, "usual, workstation, new or unknown: the device and address"),
        clear("weight", REAL, "logarithm of the likelihood ratio of what was done, places apart"),
        identity("reasons", TEXT, "JSON list of {code, values, fr, en}, the heaviest first"),
        clear("lines", INTEGERS, "event_id of some events that carry it"),
        clear("first_at", INSTANT, "first event"),
        clear("last_at", INSTANT, "last event"),
        clear("events", INTEGER, "events in it"),
        clear("persons", INTEGER, "distinct local ids seen"),
    ),
    key=("account", "first_at", "session_id"),
)

SPLIT_PERSONS = Table(
    name="split_persons",
    grain="one person seen in a session of an account that was split",
    columns=(
        clear("registry", TEXT, "whose id it is; empty where the case has one at most; null: nothing tells"),
        local_id("person", TEXT, "bare local id"),
        clear("p", REAL, "1 less the product, over the sessions, of 1 less the session's p"),
        clear("class", TEXT, "confirmed, likely, possible or excluded"),
        clear("sessions", INTEGER, "sessions of split accounts that saw the person"),
        clear("session_id", TEXT, "the likeliest of them"),
        clear("kept_off", TEXT, "excluded or threshold: not on the list of notices; null: on it"),
        clear("decision", INTEGER, "number of the journal's entry that keeps the person off; null: none"),
        clear("why", TEXT, "the reason given there"),
    ),
    key=("registry", "person"),
    layout=Layout.PARTS,
)

SPLIT_TABLES = (SESSION_EVIDENCE, SESSION_PEOPLE, SPLIT_SESSIONS, SPLIT_PERSONS)
