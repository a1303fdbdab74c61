# SPDX-License-Identifier: Apache-2.0
"""Archives of ADT messages (HL7 v2): each tells from when on a person was so, new, gone or merged.

Message files, batches and MLLP captures, in any order: the time of the event counts (EVN-6, EVN-2, MSH-7).
"""

from __future__ import annotations

from tocsin.core.settings.inputs import HistorySettings
from tocsin.ingest.care.macros import MACROS
from tocsin.ingest.care.told import cut_messages, make_domains
from tocsin.ingest.history.said import OF_THEIRS, PRESENT, Rebuilt
from tocsin.ingest.read.inputs import find_inputs
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

PACKAGE = "tocsin.ingest.history"
OF_PID = (
    "family_name",
    "given_names",
    "used_name",
    "birth_date",
    "sex",
    "ins",
    "nir",
    "phone",
    "email",
    "address",
    "birth_place",
    "birth_rank",
    "deceased",
)
_SPENT = ("hl7_messages", "told_identifiers", "told_patients", "told_merges")


def read_archive(engine: Engine, rebuilt: Rebuilt, history: HistorySettings, source: int) -> None:
    """Add what the messages tell; make `history_fates`. Raises InputError for a file that cannot be read."""
    for macro in MACROS:
        engine.run(macro)
    cut_messages(
        engine,
        "hl7_messages",
        load_query(PACKAGE, "hl7_identities"),
        find_inputs(history.paths, rebuilt.folder),
    )
    binds = make_domains(engine, rebuilt.name, rebuilt.registries)
    engine.create("told_identifiers", load_query("tocsin.ingest.care", "hl7_identifiers"))
    engine.create("told_patients", load_query("tocsin.ingest.care", "told_patients"), **binds)
    engine.create("told_merges", load_query("tocsin.ingest.care", "hl7_merges"))
    _make_fates(engine, rebuilt)
    names = [
        name
        for name in rebuilt.names
        if name in (history.tells or OF_PID) and name in OF_PID and not name.startswith(OF_THEIRS)
    ]
    cells = load_query(PACKAGE, "told_cells")
    engine.run(f"insert into history_said by name {cells.sql}", of=rebuilt.name, names=names, source=source)
    period = history.period
    engine.run(
        "insert into history_streams " + load_query(PACKAGE, "message_streams").sql,
        names=[*names, PRESENT],
        since=None if period is None else period.from_,
        until=None if period is None else period.until,
    )
    for name in _SPENT:
        engine.drop(name)
    engine.unregister("relation_domains")


def _make_fates(engine: Engine, rebuilt: Rebuilt) -> None:
    fates: Query = load_query(PACKAGE, "identity_fates")
    engine.create("history_fates", fates, of=rebuilt.name, zone=rebuilt.zone)
