# SPDX-License-Identifier: Apache-2.0
"""Relations out of messages: files are cut and read in batches, then put together in SQL.

HL7 v2 (ADT, SIU) as in 2.5 and the French extension of IHE PAM; FHIR R4 (Appointment, Encounter, CareTeam).
Only what says who treats whom is kept of a message; the rest of it is never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from tocsin.core.settings.inputs import RegistrySettings, RelationSettings
from tocsin.ingest.care.macros import MACROS
from tocsin.ingest.interface import Cutter
from tocsin.ingest.read.hl7_messages import Hl7Cutter
from tocsin.ingest.read.inputs import Input
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

PACKAGE = "tocsin.ingest.care"


@dataclass(frozen=True, slots=True)
class Telling:
    """One family of messages: what its records become, and the steps that put them together."""

    table: str
    read: str
    steps: tuple[tuple[str, str], ...]
    """(table, query), in order."""

    fates: str


_HL7 = Telling(
    "hl7_messages",
    "hl7_told",
    (
        ("told_identifiers", "hl7_identifiers"),
        ("told_patients", "told_patients"),
        ("hl7_visits", "hl7_visits"),
        ("told_links", "hl7_links"),
        ("told_merges", "hl7_merges"),
    ),
    "hl7_fates",
)
_FHIR = Telling(
    "fhir_resources",
    "fhir_told",
    (
        ("fhir_latest", "fhir_latest"),
        ("fhir_keys", "fhir_keys"),
        ("fhir_roles", "fhir_roles"),
        ("told_identifiers", "fhir_identifiers"),
        ("told_patients", "told_patients"),
        ("fhir_candidates", "fhir_candidates"),
        ("told_links", "fhir_links"),
    ),
    "fhir_fates",
)
_TELLINGS = {"hl7v2": _HL7, "fhir": _FHIR}
_SPENT = (
    "hl7_messages",
    "hl7_visits",
    "fhir_resources",
    "fhir_latest",
    "fhir_keys",
    "fhir_roles",
    "fhir_candidates",
    "told_identifiers",
    "told_patients",
    "told_links",
    "told_merges",
    "directory_names",
)


def read_messages(
    engine: Engine,
    relation: RelationSettings,
    kind: str,
    inputs: Sequence[Input],
    registries: Sequence[RegistrySettings],
    zone: str,
) -> None:
    """Make `relation_source` (rows of relations, periods complete) and `message_fates`.

    `kind` is `hl7v2` or `fhir`; `accounts` must be attached. Raises InputError for a file that cannot be
    read.
    """
    telling = _TELLINGS[kind]
    for macro in MACROS:
        engine.run(macro)
    _read(engine, telling.table, load_query(PACKAGE, telling.read), kind, inputs)
    engine.create("directory_names", load_query(PACKAGE, "directory_names"))
    binds = _registry_binds(engine, relation.registry, registries)
    engine.create("told_merges", "select null as registry, null as before, null as after where false")
    for table, name in telling.steps:
        query = load_query(PACKAGE, name)
        given = {"zone": zone, **binds}
        engine.create(table, query, **{name: given[name] for name in query.binds})
    days = relation.days_around
    engine.create("relation_source", load_query(PACKAGE, "linked_rows"), days=days)
    engine.create("message_fates", load_query(PACKAGE, telling.fates))
    for name in _SPENT:
        engine.drop(name)
    engine.unregister("relation_domains")


def cut_messages(engine: Engine, table: str, query: Query, inputs: Sequence[Input]) -> None:
    """Cut HL7 v2 files, and keep in a table what a query with `$file` reads of their records."""
    _read(engine, table, query, "hl7v2", inputs)


def make_domains(
    engine: Engine, registry: str, registries: Sequence[RegistrySettings]
) -> dict[str, str | bool | None]:
    """Make `relation_domains` for one registry; gives what `told_patients` binds."""
    return _registry_binds(engine, registry, registries)


def _read(engine: Engine, table: str, query: Query, kind: str, inputs: Sequence[Input]) -> None:
    """Cut the files and keep what their records tell; a batch of messages is held at a time."""
    engine.register("records", _RECORDS.empty_table())
    if kind == "hl7v2":
        engine.view("hl7_segments", load_query(PACKAGE, "hl7_segments").sql)
    engine.create(table, query, file=0)
    for number, stream in enumerate(inputs):
        for batch in _cutter(kind).cut(stream.blocks()):
            engine.register("records", pa.Table.from_batches([batch]))
            engine.run(f"insert into {table} by name {query.sql}", file=number)
    engine.run("drop view if exists hl7_segments")
    engine.unregister("records")


_RECORDS = pa.schema(
    [
        ("record", pa.string()),
        ("byte_offset", pa.int64()),
        ("line_number", pa.int64()),
        ("item", pa.int64()),
        ("mark", pa.string()),
    ]
)


def _cutter(kind: str) -> Cutter:
    return Hl7Cutter() if kind == "hl7v2" else JsonCutter(whole_entries=True)


def _registry_binds(
    engine: Engine, registry: str | None, registries: Sequence[RegistrySettings]
) -> dict[str, str | bool | None]:
    """Make `relation_domains`: authorities and their registries; of the one named, if one is."""
    named = [r for r in registries if registry in (None, r.name)]
    rows = [{"registry": r.name, "domain": r.domain} for r in named if r.domain]
    schema = pa.schema([("registry", pa.string()), ("domain", pa.string())])
    engine.register("relation_domains", pa.Table.from_pylist(rows, schema))
    only = named[0] if len(named) == 1 else None
    default = only.name if only is not None else registry
    return {"registry": default, "has_domain": only is not None and only.domain is not None}
