# SPDX-License-Identifier: Apache-2.0
"""The tables that ingestion writes: what was read, record by record, and what it was read from."""

from __future__ import annotations

from tocsin.core.tables.table import (
    DATE,
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

FILES = Table(
    name="files",
    grain="one file of a source, or one duplicate of it",
    columns=(
        clear("file_number", INTEGER, "append-only, in order of source, first event and path"),
        clear("source", TEXT, "the source of case.toml"),
        clear("path", TEXT, "relative to the case where it can be; an archive member is `a.zip!member`"),
        clear("sha256", TEXT, "of the decompressed content"),
        clear("bytes", INTEGER, "of the decompressed content"),
        clear("complete_bytes", INTEGER, "up to the last whole record: where a grown file is continued"),
        clear("complete_lines", INTEGER, "line ends in `complete_bytes`"),
        clear("head_sha256", TEXT, "of the first 4 KiB (or less), to recognise a rotated file"),
        clear("format", TEXT, "the format it was read as"),
        clear("options", TEXT, "digest of mapping, zone and format's version: another digest is read anew"),
        clear("duplicate", YES_NO, "same content as the file of this number: listed, not read"),
    ),
    key=("file_number", "duplicate", "path"),
)

ACCOUNTING = Table(
    name="accounting",
    grain="one file, fate and reason",
    columns=(
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "the file"),
        clear("fate", TEXT, "event, set_aside or non_event: records = the sum of the three"),
        clear("reason", TEXT, "why, for what is not an event; empty for events"),
        clear("records", INTEGER, "number of records"),
    ),
    key=("source", "file_number", "fate", "reason"),
)

EVENTS = Table(
    name="events",
    grain="one record of a log that tells an act",
    columns=(
        clear("event_id", INTEGER, "file_number << 40 | (byte_offset + item)"),
        clear("occurred_at", INSTANT, "when the act happened"),
        clear("recorded_at", INSTANT, "when it was written down, where the log tells both"),
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "the file"),
        clear("line_number", INTEGER, "1-based line on which the record begins"),
        clear("byte_offset", INTEGER, "of the record in the decompressed stream, or of its container"),
        local_id("account", TEXT, "who acted, as the system names it; null when nobody was signed in"),
        identity("account_name", TEXT, "the account's name for people"),
        local_id("professional_id", TEXT, "RPPS, ADELI or internal number"),
        clear("organisation", TEXT, "FINESS, SIRET or the system's own name"),
        clear("session", TEXT, "as logged"),
        clear("address", TEXT, "network address, canonical"),
        clear("port", INTEGER, "of the client"),
        clear("network", TEXT, "address zone, host name or network name where the log gives one"),
        clear("device", TEXT, "as logged"),
        clear("user_agent", TEXT, "as logged"),
        clear("client", TEXT, "application, API client or system that called"),
        clear("request", TEXT, "X-Request-Id or the record's own id"),
        clear("retry_of", INTEGER, "event_id of the first attempt of the same request"),
        clear("node", TEXT, "the machine that wrote the record"),
        clear("sequence", INTEGER, "the node's own counter"),
        clear("action", TEXT, "see the vocabulary of actions"),
        clear("object_type", TEXT, "type of what was asked for"),
        identity("object", TEXT, "what was asked for: the percent-decoded path, or the object's name"),
        local_id("person", TEXT, "bare local id of the person named"),
        clear("person_domain", TEXT, "assigning authority of that id"),
        local_id("persons", TEXTS, "local ids, when the record names several"),
        clear("record_type", TEXT, "type of the record named"),
        clear("record", TEXT, "its id"),
        identity("query", TEXT, "the query as sent, not decoded"),
        identity("file_name", TEXT, "file asked for"),
        clear("items", INTEGER, "number of items in the reply, where logged"),
        clear("bytes", INTEGER, "bytes of the reply"),
        clear("outcome", TEXT, "success, failure or unknown"),
        clear("status", TEXT, "the system's own code"),
        clear("flags", TEXTS, "truncated, clock_disagrees, hour_twice, bad_encoding…; null when none"),
        identity("detail", TEXT, "JSON: what no column holds"),
    ),
    key=("account", "occurred_at", "event_id"),
    layout=Layout.PARTS,
)

SET_ASIDE = Table(
    name="set_aside",
    grain="one record that could not be made an event",
    columns=(
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "the file"),
        clear("line_number", INTEGER, "1-based"),
        clear("byte_offset", INTEGER, "of the record, or of its container"),
        clear("item", INTEGER, "index in the container"),
        clear("reason", TEXT, "broken, no_time, no_zone, key_twice or the format's own"),
        identity("text", TEXT, "the record, 4 KiB at most, control characters escaped"),
        clear("occurred_at", INSTANT, "read whole before the break; null otherwise, as for all that follow"),
        local_id("account", TEXT, "read whole"),
        clear("session", TEXT, "read whole"),
        clear("address", TEXT, "read whole"),
        clear("device", TEXT, "read whole"),
        clear("user_agent", TEXT, "read whole"),
        clear("client", TEXT, "read whole"),
        identity("file_name", TEXT, "read whole"),
        clear("node", TEXT, "read whole"),
        clear("sequence", INTEGER, "read whole"),
        local_id("person", TEXT, "read whole"),
        local_id("persons", TEXTS, "read whole"),
        clear("record_type", TEXT, "read whole"),
        clear("record", TEXT, "read whole"),
        clear("action", TEXT, "read whole"),
        identity("object", TEXT, "read whole"),
        clear("outcome", TEXT, "read whole"),
    ),
    key=("file_number", "byte_offset", "item"),
    layout=Layout.PARTS,
)

SEQUENCES = Table(
    name="sequences",
    grain="one unbroken run of a node's counter in one file, in order of reading",
    columns=(
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "the file"),
        clear("node", TEXT, "the node; null when the log does not tell"),
        clear("node_unread", YES_NO, "one record, that was cut before its node"),
        clear("byte_offset", INTEGER, "of its first record"),
        clear("first_sequence", INTEGER, "counter of its first record"),
        clear("last_sequence", INTEGER, "counter of its last record"),
        clear("first_at", INSTANT, "time of its first record"),
        clear("first_earliest", INSTANT, "the same, in the earlier reading of an hour that came twice"),
        clear("last_at", INSTANT, "time of its last record"),
        clear("last_earliest", INSTANT, "the same, in the earlier reading of an hour that came twice"),
    ),
    key=("source", "file_number", "byte_offset", "node", "first_sequence"),
)

FILE_CLOCKS = Table(
    name="file_clocks",
    grain="one stretch of a file, read in one go: whether its times go on as its lines do",
    columns=(
        clear("source", TEXT, "the source"),
        clear("file_number", INTEGER, "the file"),
        clear("byte_offset", INTEGER, "where the stretch begins"),
        clear("events", INTEGER, "events in it"),
        clear("first_at", INSTANT, "time of its first event, in order of lines"),
        clear("last_at", INSTANT, "time of its last event, in order of lines"),
        clear("steps_back", INTEGER, "times that fall by more than a minute and do not come back at once"),
        clear("largest_us", INTEGER, "the largest of these falls, in microseconds; null: none"),
        clear("largest_line", INTEGER, "the line behind that fall"),
        clear("late", INTEGER, "single events written more than a minute late"),
        clear(
            "told_apart", INTEGER, "events of an hour that happened twice whose pass the order of lines tells"
        ),
        clear("hour_twice", INTEGER, "events of such an hour whose pass nothing tells: flagged hour_twice"),
        clear("no_such_time", INTEGER, "records whose local time the clocks skipped: set aside"),
    ),
    key=("source", "file_number", "byte_offset"),
)

GAPS = Table(
    name="gaps",
    grain="one stretch of a source that its records do not cover",
    columns=(
        clear("source", TEXT, "the source"),
        clear("node", TEXT, "the node whose counter jumps; null for other kinds"),
        clear(
            "kind",
            TEXT,
            "sequence, period (before the first or after the last record), or reception",
        ),
        clear("from_at", INSTANT, "the last record before"),
        clear("until_at", INSTANT, "the first record after"),
        clear("missing", INTEGER, "records missing; null when nothing counts them"),
    ),
    key=("source", "node", "kind", "from_at", "until_at", "missing"),
)

REGISTRY = Table(
    name="registry",
    grain="one registry, local id and period of validity",
    columns=(
        clear("registry", TEXT, "the registry of case.toml"),
        local_id("person", TEXT, "local id"),
        clear("controller", TEXT, "who is responsible for this row"),
        identity("nir", TEXT, "13 or 15 characters, as given"),
        identity("ins", TEXT, "matricule INS"),
        clear("ins_oid", TEXT, "assigning authority of the INS"),
        clear("birth_rank", INTEGER, "rank among those born the same day under one NIR"),
        identity("family_name", TEXT, "at birth"),
        identity("used_name", TEXT, "in use"),
        identity("given_names", TEXT, "as given"),
        clear("sex", TEXT, "as given"),
        identity("birth_date", DATE, "null when it is not a date"),
        identity("birth_place", TEXT, "INSEE code as given"),
        identity("phone", TEXT, "as given"),
        identity("email", TEXT, "as given"),
        identity("address", TEXT, "as given, or lines, postcode, city and country joined"),
        clear("deceased", YES_NO, "the dead count"),
        local_id("guardian", TEXT, "local id of a guardian"),
        clear("valid_from", INSTANT, "this row holds from then on; null is always"),
        clear("valid_until", INSTANT, "… until then, not included"),
        identity("original", TEXT, "JSON: the registry's own columns that the catalogue names"),
        clear("doubts", TEXTS, "columns that may have held something else then; null: none"),
        clear("stands_in", YES_NO, "nothing tells of them then: the nearest known values stand in"),
    ),
    key=("registry", "person", "valid_from", "valid_until", "controller", "original", "ins", "nir"),
    layout=Layout.PARTS,
)

RECORDS = Table(
    name="records",
    grain="one record of a kind that logs name",
    columns=(
        clear("record_type", TEXT, "the [[records]] of case.toml"),
        clear("record", TEXT, "its id"),
        clear("registry", TEXT, "the registry of its person"),
        local_id("person", TEXT, "whose it is"),
        clear("controller", TEXT, "who is responsible for it"),
        clear("at", INSTANT, "the data's own date"),
        clear("created", INSTANT, "when it was made"),
        clear("origin", TEXT, "where it was made"),
        clear("valid_from", INSTANT, "this row holds from then on; null is always"),
        clear("valid_until", INSTANT, "… until then, not included"),
        identity("original", TEXT, "JSON: the table's own columns that the catalogue names"),
        clear("doubts", TEXTS, "columns that may have held something else then; null: none"),
        clear("stands_in", YES_NO, "nothing tells of them then: the nearest known values stand in"),
    ),
    key=("record_type", "record", "valid_from", "valid_until", "person"),
    layout=Layout.PARTS,
)

ACCOUNTS = Table(
    name="accounts",
    grain="one account of the directory",
    columns=(
        local_id("account", TEXT, "the login"),
        local_id("professional_id", TEXT, "RPPS, ADELI or internal number"),
        clear("role", TEXT, "profession or function"),
        clear("organisation", TEXT, "FINESS or the like"),
        clear("active_from", INSTANT, "the account's right begins"),
        clear("active_until", INSTANT, "… and ends"),
        clear("registry", TEXT, "the registry of the persons that this row names; null: any"),
        local_id("person", TEXT, "the account holder's own local id, for accounts of patients"),
        local_id(
            "may_see",
            TEXTS,
            "local ids it may see beside its own; null (an empty cell of a CSV) when no such limit is known",
        ),
    ),
    key=(
        "account",
        "active_from",
        "person",
        "active_until",
        "professional_id",
        "role",
        "organisation",
        "may_see",
        "registry",
    ),
    layout=Layout.PARTS,
)

ACCOUNT_CONTACTS = Table(
    name="account_contacts",
    grain="one account of the directory and period of its contact data",
    columns=(
        local_id("account", TEXT, "the login"),
        identity("name", TEXT, "of whoever holds it"),
        identity("email", TEXT, "as given"),
        identity("phone", TEXT, "as given"),
        identity("address", TEXT, "as given, parts parted by commas"),
        clear("contact_since", INSTANT, "since when these hold; null: nobody says"),
    ),
    key=("account", "contact_since", "email", "phone", "address", "name"),
    layout=Layout.PARTS,
)

CONTROLLERS = Table(
    name="controllers",
    grain="one controller",
    columns=(
        clear("controller", TEXT, "its id in case.toml"),
        clear("name", TEXT, "its name"),
        clear("finess", TEXT, "FINESS number"),
    ),
    key=("controller",),
)

RELATIONS = Table(
    name="relations",
    grain="one link between a person and whoever treats them",
    columns=(
        clear("relations", TEXT, "the [[relations]] of case.toml"),
        local_id("account", TEXT, "the account that treats the person; one of the three is there"),
        local_id("professional_id", TEXT, "RPPS, ADELI or internal number, as in the directory"),
        clear("organisation", TEXT, "the practice, ward or hospital, as in the directory"),
        clear("registry", TEXT, "the registry of its persons; null: any"),
        local_id("person", TEXT, "local id"),
        clear("from_at", INSTANT, "the link explains accesses from then on; null is always"),
        clear("until_at", INSTANT, "… until then, not included; null is always"),
        clear("kind", TEXT, "as given, else the name of the [[relations]]"),
    ),
    key=(
        "relations",
        "person",
        "account",
        "professional_id",
        "organisation",
        "from_at",
        "until_at",
        "kind",
        "registry",
    ),
    layout=Layout.PARTS,
)

RELATION_FACTS = Table(
    name="relation_facts",
    grain="one [[relations]] and one thing counted of its rows",
    columns=(
        clear("relations", TEXT, "the [[relations]] of case.toml"),
        clear(
            "fact",
            TEXT,
            "read, kept; left out: no_person, nobody, cancelled, no_date, backwards, twice; kept and "
            "counted: overlapping, unknown_person, unknown_account",
        ),
        clear("rows", INTEGER, "number of rows"),
    ),
    key=("relations", "fact"),
)

RELATION_MESSAGES = Table(
    name="relation_messages",
    grain="one [[relations]] of messages, fate and reason: messages = relation + set_aside + not_relation",
    columns=(
        clear("relations", TEXT, "the [[relations]] of case.toml"),
        clear("fate", TEXT, "relation, set_aside or not_relation"),
        clear(
            "reason",
            TEXT,
            "the type of message or resource; set aside: broken, no_person, unknown_authority; no relation: "
            "cancelled, proposed, superseded, merge, nobody, or another type",
        ),
        clear("messages", INTEGER, "HL7 v2 messages or FHIR resources"),
    ),
    key=("relations", "fate", "reason"),
)

ADDRESS_RANGES = Table(
    name="address_ranges",
    grain="one range of network addresses of one [[places]]",
    columns=(
        clear("places", TEXT, "the [[places]] of case.toml"),
        clear(
            "place",
            TEXT,
            "what the place is called: its row's own name, else its point, else the name of the [[places]]",
        ),
        clear("kind", TEXT, "fixed, or mobile, vpn, shared: whoever comes from there may be anywhere"),
        clear("is_site", YES_NO, "named in case.toml itself rather than in a register of ranges"),
        clear("first_address", TEXT, "32 hexadecimal digits; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2)"),
        clear("last_address", TEXT, "of the range, included; written as the first"),
        clear("latitude", REAL, "degrees north (WGS 84)"),
        clear("longitude", REAL, "degrees east"),
        clear("radius_km", REAL, "whoever comes from there is within so many kilometres of it"),
    ),
    key=("first_address", "last_address", "places", "place", "kind", "latitude", "longitude"),
)

RANGE_FACTS = Table(
    name="range_facts",
    grain="one [[places]] and one thing counted of its rows",
    columns=(
        clear("places", TEXT, "the [[places]] of case.toml"),
        clear(
            "fact",
            TEXT,
            "read, kept; left out: no_range, backwards, no_point (fixed, and nowhere on the globe); kept and "
            "counted: unknown_kind",
        ),
        clear("rows", INTEGER, "number of rows"),
    ),
    key=("places", "fact"),
)

INGEST_TABLES = (
    FILES,
    ACCOUNTING,
    EVENTS,
    SET_ASIDE,
    SEQUENCES,
    FILE_CLOCKS,
    GAPS,
    REGISTRY,
    RECORDS,
    ACCOUNTS,
    ACCOUNT_CONTACTS,
    CONTROLLERS,
    RELATIONS,
    RELATION_FACTS,
    RELATION_MESSAGES,
    ADDRESS_RANGES,
    RANGE_FACTS,
)
