# SPDX-License-Identifier: Apache-2.0
"""The tables of the stages after ingestion: what was found, disclosed and to whom it belongs."""

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

FINDINGS = Table(
    name="findings",
    grain="one account and detector; detector `all` ranks accounts",
    columns=(
        local_id("account", TEXT, "the account found"),
        clear("session_id", TEXT, "the session, or null for the whole account"),
        clear("detector", TEXT, "who found it"),
        clear("score", REAL, "the detector's own measure"),
        clear("p", REAL, "probability that it is illegitimate; 1 for a hard fact"),
        clear("rank", INTEGER, "1 is first"),
        identity("reasons", TEXT, "JSON list of {code, values, fr, en}"),
        clear("first_at", INSTANT, "first event that supports it"),
        clear("last_at", INSTANT, "last event that supports it"),
        clear("events", INTEGER, "events that support it"),
        clear("persons", INTEGER, "distinct local ids concerned"),
    ),
    key=("detector", "rank", "account", "session_id"),
)

SIGHT = Table(
    name="sight",
    grain="one thing that detection could see, or could not, in this case",
    columns=(
        clear(
            "code",
            TEXT,
            "explained, operating_point, measured, unmeasured, slowest, blind, silent, campaign, unsigned,"
            " too_few; of Sigma rules: sigma_ran, sigma_refused, sigma_blind (no such log),"
            " sigma_unseen (a window)",
        ),
        clear("about", TEXT, "the name of a [[relations]], the profession, the log; empty: the whole"),
        clear("value", REAL, "a share, an evidence, alarms a week, persons a day; null: none"),
        clear("fr", TEXT, "in French"),
        clear("en", TEXT, "in English"),
    ),
    key=("code", "about"),
)

CAMPAIGNS = Table(
    name="campaigns",
    grain="one campaign and one of its accounts, or of the devices, addresses and clients that join them",
    columns=(
        clear("campaign", INTEGER, "1 is first; numbers are of this run"),
        clear("kind", TEXT, "account, device, address or client"),
        local_id("name", TEXT, "the account's login, or the place as logged"),
        clear("accounts", INTEGER, "accounts of the campaign that used it; of an account: all of them"),
        clear("outsiders", INTEGER, "accounts outside the campaign that used it too"),
        clear("rarity", REAL, "of a place: 1 when hardly any other organisation uses it"),
        clear("evidence", REAL, "of an account: logarithm of its own e-value at its strongest such place"),
        clear("gain", REAL, "of an account: what the others added to its evidence"),
        clear("sessions", INTEGER, "sessions there"),
        clear("first_at", INSTANT, "first of them"),
        clear("last_at", INSTANT, "end of the last"),
    ),
    key=("campaign", "kind", "name"),
)

SUSPECTS = Table(
    name="suspects",
    grain="one selector and its verdict",
    columns=(
        clear("suspect_id", INTEGER, "number of the row, in order of origin and of the case file"),
        clear("source", TEXT, "null: over all sources"),
        local_id("account", TEXT, "all selectors given must match"),
        clear("session_id", TEXT, "the session's id, where a session was judged"),
        clear("session", TEXT, "the logged session"),
        clear("address", TEXT, "canonical"),
        clear("device", TEXT, "as logged"),
        clear("client", TEXT, "as logged"),
        clear("user_agent", TEXT, "as logged"),
        identity("file_name", TEXT, "as logged"),
        clear("from_at", INSTANT, "null: open"),
        clear("until_at", INSTANT, "null: open; not included"),
        clear("verdict", TEXT, "illegitimate, doubtful or legitimate"),
        clear("p", REAL, "probability of being illegitimate; null when nobody knows"),
        clear("origin", TEXT, "known, decided, answer or proposed"),
        clear("decided_by", TEXT, "who holds it"),
        clear("decided_at", INSTANT, "when, where known"),
        clear("why", TEXT, "in words"),
    ),
    key=("suspect_id",),
)

SESSIONS = Table(
    name="sessions",
    grain="one session of an account with judged events",
    columns=(
        clear("session_id", TEXT, "hash of source, account and first event"),
        clear("source", TEXT, "the source"),
        clear("logged_session", TEXT, "as logged, or null"),
        local_id("account", TEXT, "the account"),
        clear("device", TEXT, "of the first event"),
        clear("address", TEXT, "of the first event"),
        clear("client", TEXT, "of the first event"),
        clear("first_at", INSTANT, "first event"),
        clear("last_at", INSTANT, "last event"),
        clear("events", INTEGER, "events in it"),
        clear("persons", INTEGER, "distinct local ids that its records name"),
    ),
    key=("source", "account", "first_at", "session_id"),
)

JUDGED = Table(
    name="judged",
    grain="one event that a suspect matches and that is not legitimate: the scope",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("suspect_id", INTEGER, "the suspect whose verdict holds"),
        clear("verdict", TEXT, "illegitimate or doubtful; legitimate events have no row"),
        clear("p", REAL, "of the suspect"),
    ),
    key=("event_id",),
    layout=Layout.PARTS,
)

DISPUTES = Table(
    name="disputes",
    grain="two suspects of one rank that give the same events different verdicts",
    columns=(
        clear("suspect_id", INTEGER, "the one"),
        clear("other_id", INTEGER, "the other; the more cautious verdict holds until a person decides"),
        clear("events", INTEGER, "events that both match in their first rank"),
    ),
    key=("suspect_id", "other_id"),
)

WITNESSES = Table(
    name="witnesses",
    grain="one event of an act that several sources tell of",
    columns=(
        clear("act_id", INTEGER, "the act: the smallest event_id that tells of it"),
        clear("event_id", INTEGER, "the event, in scope or not"),
        clear("source", TEXT, "the source"),
        clear("rank", INTEGER, "1 for the witness that was kept best, farthest from the attacker"),
        clear("joined_by", TEXT, "request, or address_time_path"),
        clear("in_scope", YES_NO, "whether a suspect matches this event too"),
        clear(
            "disagrees",
            TEXTS,
            "on what the act's witnesses contradict one another: account, bytes, object, outcome, person, "
            "verdict; null: on nothing",
        ),
        clear("settled_by", INTEGER, "the witness that tells what this event, unresolved alone, showed"),
    ),
    key=("act_id", "rank", "event_id"),
    layout=Layout.PARTS,
)

UNJOINED = Table(
    name="unjoined",
    grain="one reason and source: events in scope that another source may tell of too, joined to nothing",
    columns=(
        clear("reason", TEXT, "reused_request, far_apart, ambiguous or clocks_unknown"),
        clear("source", TEXT, "the source"),
        clear("events", INTEGER, "events in scope"),
    ),
    key=("reason", "source"),
)

SKEWS = Table(
    name="skews",
    grain="two sources, a way of joining them, and a day (UTC) or all days",
    columns=(
        clear("source", TEXT, "the one"),
        clear("other", TEXT, "the other, later in the alphabet"),
        clear("way", TEXT, "request: acts that share a request; path: acts that each tells once in all"),
        clear("day", INSTANT, "the day by the first source's clock; null: all days"),
        clear("pairs", INTEGER, "acts told by both"),
        clear("median_us", INTEGER, "microseconds by which the other's time is later; half are below"),
        clear("p05_us", INTEGER, "one in twenty is below"),
        clear("p95_us", INTEGER, "one in twenty is above"),
        clear("least_us", INTEGER, "the smallest"),
        clear("most_us", INTEGER, "the largest"),
    ),
    key=("source", "other", "way", "day"),
)

NEAR_BOUNDARY = Table(
    name="near_boundary",
    grain="one event nearer to a bound of a suspect's period than its source's clock can be trusted",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("suspect_id", INTEGER, "the suspect, the first when there are several"),
        clear("in_scope", YES_NO, "whether it is in scope as its own time has it"),
    ),
    key=("event_id",),
    layout=Layout.PARTS,
)

DISCLOSURES = Table(
    name="disclosures",
    grain="one event, local id, record and category",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("registry", TEXT, "whose local id it is"),
        local_id("person", TEXT, "local id; null for a record whose person is not known"),
        clear("record_type", TEXT, "when the access named a record"),
        clear("record", TEXT, "its id"),
        clear("category", TEXT, "what was shown"),
        clear("certainty", TEXT, "taken, shown, reconstructed, reachable…"),
        clear("exact", YES_NO, "nothing stands in for the past or for an order that is not total"),
        clear("protection", TEXT, "clear, encrypted or pseudonymised"),
        clear("occurred_at", INSTANT, "of the event"),
        clear("action", TEXT, "of the event"),
        clear("data_from", INSTANT, "the data's own period begins"),
        clear("data_until", INSTANT, "… and ends, not included"),
        clear("controller", TEXT, "the record's, else the registry row's, the source's, the only one, null"),
        clear("resolver", TEXT, "who answered for the event"),
        clear("count_in", TEXT, "the narrowest count it enters: floor, best or ceiling; null for none"),
    ),
    key=("event_id", "registry", "person", "record_type", "record", "category", "certainty"),
    layout=Layout.PARTS,
)

NOTHING_SHOWN = Table(
    name="nothing_shown",
    grain="one event in scope that showed nothing",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("reason", TEXT, "login, logout, failure, retry, rule, empty, witness or aggregate"),
    ),
    key=("event_id",),
    layout=Layout.PARTS,
)

UNRESOLVED = Table(
    name="unresolved",
    grain="one event in scope that names nobody yet",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("reason", TEXT, "no_rule, missing_parameter, past_unknown… or a resolver's own"),
        clear("bound", INTEGER, "persons it can have shown at most; null when nothing bounds it"),
        clear("categories", TEXTS, "of its rule; null: any"),
        clear("record_type", TEXT, "of its rule; null: any"),
    ),
    key=("event_id",),
    layout=Layout.PARTS,
)

UNCOVERED = Table(
    name="uncovered",
    grain="one event in scope that no rule of the catalogue covers",
    columns=(clear("event_id", INTEGER, "the event"),),
    key=("event_id",),
    layout=Layout.PARTS,
)

DOUBTS = Table(
    name="doubts",
    grain="one set-aside record or gap that may hold something in scope",
    columns=(
        clear("kind", TEXT, "set_aside, gap; partial, past: an event that showed more than could be told"),
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "of a set-aside record"),
        clear("byte_offset", INTEGER, "of a set-aside record"),
        clear("item", INTEGER, "of a set-aside record"),
        clear("node", TEXT, "of a gap"),
        clear("from_at", INSTANT, "of a gap, within the suspects' periods"),
        clear("until_at", INSTANT, "of a gap"),
        clear("names", INTEGER, "persons or records that it names; of a partial one its bound; null: none"),
        clear("missing", INTEGER, "records it stands for; null when nothing counts them"),
        clear("most_records", INTEGER, "of a gap, records at most by throughput or bytes; null: no limit"),
        clear("most_persons", INTEGER, "persons of complete registries; of past, of rows that stand in"),
        clear("categories", TEXTS, "of partial and past, of their rules; null: any"),
        clear("record_type", TEXT, "of partial and past, of their rules; null: any"),
    ),
    key=("kind", "source", "file_number", "byte_offset", "item", "node", "from_at", "until_at"),
)

MODIFICATIONS = Table(
    name="modifications",
    grain="one record created, updated or deleted by an event in scope",
    columns=(
        clear("event_id", INTEGER, "the event"),
        clear("record_type", TEXT, "of the record, or `person`"),
        local_id("record", TEXT, "its id"),
        clear("action", TEXT, "create, update or delete"),
        clear("count_in", TEXT, "floor on success, ceiling when the outcome is not known"),
    ),
    key=("event_id", "record_type", "record"),
    layout=Layout.PARTS,
)

CLAIMS = Table(
    name="claims",
    grain="one negative claim of case.toml",
    columns=(
        clear("claim", TEXT, "its id, as no:<category>"),
        clear("grade", TEXT, "proven, not_observed, contradicted or unassessable"),
        clear("hypotheses", TEXT, "JSON list of {code, values}"),
        clear("basis", TEXT, "JSON list of {code, values}"),
        clear("exceptions", INTEGER, "events that contradict it"),
        clear("exception_events", "BIGINT[]", "the first hundred of them"),
        clear("derivation", TEXT, "JSON list of {premise, holds, evidence}, in the order tried"),
    ),
    key=("claim",),
)

PERSONS = Table(
    name="persons",
    grain="one registry and local id",
    columns=(
        clear("registry", TEXT, "the registry"),
        local_id("person", TEXT, "the local id"),
        clear("own_id", INTEGER, "number given at first sight, never reused"),
        clear("person_id", INTEGER, "the person: the smallest number of its cluster"),
        clear("sure_id", INTEGER, "the person when only sure merges hold"),
        clear("reason", TEXT, "ins, nir_birth_given, alone, not_in_registry…"),
        clear("sure", YES_NO, "false for a merge that is only probable"),
        clear("test_identity", YES_NO, "an INS of a test or demonstration authority"),
        clear("false_key", YES_NO, "a NIR or INS whose key is wrong: tagged, never dropped"),
    ),
    key=("registry", "person"),
    layout=Layout.PARTS,
)

EXPOSURE = Table(
    name="exposure",
    grain="one person and category",
    columns=(
        clear("person_id", INTEGER, "the person"),
        clear("category", TEXT, "what was shown"),
        clear("certainty", TEXT, "the strongest"),
        clear("count_in", TEXT, "the narrowest count; null when only encrypted data were shown"),
        clear("first_at", INSTANT, "first event"),
        clear("last_at", INSTANT, "last event"),
        clear("events", INTEGER, "distinct events"),
        clear("data_from", INSTANT, "earliest data"),
        clear("data_until", INSTANT, "latest data"),
        clear("protection", TEXTS, "forms in which it was shown"),
        clear("controllers", TEXTS, "who is responsible"),
    ),
    key=("person_id", "category"),
    layout=Layout.PARTS,
)

CONFLICTS = Table(
    name="conflicts",
    grain="one set of local ids that a number joins and that traits keep apart",
    columns=(
        clear("kind", TEXT, "nir_several_births, ins_contradictory, given_ambiguous"),
        clear("person_ids", "BIGINT[]", "the persons concerned"),
        clear("local_ids", INTEGER, "how many local ids"),
    ),
    key=("kind", "person_ids"),
)

FILE_COPIES = Table(
    name="file_copies",
    grain="one copy of a file that logs may name, or one member of an archive",
    columns=(
        clear("copy", INTEGER, "its number, in order of name and path"),
        clear("files", TEXT, "the [[files]] of case.toml"),
        identity("path", TEXT, "relative to the case"),
        identity("member", TEXT, "within an archive; null for a file of its own"),
        clear("sha256", TEXT, "of the file, or of the archive"),
        clear("bytes", INTEGER, "of the file, or of the archive"),
        clear("changed_at", INSTANT, "as_of of the settings, else the file's own last change"),
        clear("kind", TEXT, "who reads it: csv, parquet, json…; null when nobody does"),
        clear("rows", INTEGER, "rows or lines"),
        clear("persons", INTEGER, "local ids that its rows name or may name"),
        clear("unnamed", INTEGER, "of these, rows that name nobody: each may be somebody's"),
        clear("categories", TEXTS, "that its columns hold"),
        clear("unreadable", TEXT, "why it, or the rest of it, cannot be read; null: it was read whole"),
    ),
    key=("copy",),
)

FILE_PERSONS = Table(
    name="file_persons",
    grain="one copy and local id that stands in it",
    columns=(
        clear("copy", INTEGER, "the copy"),
        clear(
            "registry", TEXT, "the registry of the local id: the [[files]] itself, or the one that it names"
        ),
        local_id("person", TEXT, "local id"),
        clear("named", YES_NO, "false for a row that names nobody and may be anybody's"),
        clear("categories", TEXTS, "of this person, what the file's columns hold"),
    ),
    key=("copy", "registry", "person"),
    layout=Layout.PARTS,
)

DETECT_TABLES = (FINDINGS, CAMPAIGNS, SIGHT)
SCOPE_TABLES = (
    SUSPECTS,
    SESSIONS,
    JUDGED,
    DISPUTES,
    SKEWS,
    NEAR_BOUNDARY,
    WITNESSES,
    UNJOINED,
    DISCLOSURES,
    NOTHING_SHOWN,
    UNRESOLVED,
    UNCOVERED,
    DOUBTS,
    MODIFICATIONS,
    CLAIMS,
)
FILE_TABLES = (FILE_COPIES, FILE_PERSONS)
LINK_TABLES = (PERSONS, EXPOSURE, CONFLICTS)
