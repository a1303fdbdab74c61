# SPDX-License-Identifier: Apache-2.0
"""Writes HL7 v2 messages for tests, and reads relations out of messages without a whole case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tocsin.core.settings.inputs import RegistrySettings, RelationSettings
from tocsin.ingest.care.told import read_messages
from tocsin.ingest.read.inputs import Input
from tocsin.store.engine import Engine

CHU = "1.2.250.1.99.1"
PATIENTS = RegistrySettings(name="patients", columns={}, domain=CHU)
LABORATORY = RegistrySettings(name="laboratory", columns={}, domain="LABO")
BOTH = (PATIENTS, LABORATORY)
Row = dict[str, object]


def message(kind: str, *segments: str, at: str = "20240601080000", charset: str = "UNICODE UTF-8") -> str:
    """A message of that type (`ADT^A01`), its segments ended as the standard says."""
    head = f"MSH|^~\\&|DPI|CHU|EAI|CHU|{at}||{kind}|1|P|2.5|||||FRA|{charset}"
    return "\r".join([head, f"EVN|{kind.partition('^')[2]}|{at}", *segments]) + "\r"


def segment(name: str, **fields: str) -> str:
    """`segment("PV1", _2="I", _19="V1")`: fields by their number."""
    places = {int(key[1:]): value for key, value in fields.items()}
    return "|".join([name, *(places.get(n, "") for n in range(1, max(places) + 1))])


def pid(*identifiers: str) -> str:
    """PID-3 with these identifiers; a bare one is of the hospital."""
    named = [one if "^" in one else f"{one}^^^CHU&{CHU}&ISO^PI" for one in identifiers]
    return segment("PID", _3="~".join(named), _5="DOE^JANE")


def read(
    folder: Path,
    kind: str,
    *contents: str | bytes,
    registries: Sequence[RegistrySettings] = BOTH,
    registry: str | None = None,
) -> tuple[list[Row], dict[tuple[str, str], int]]:
    """Rows of relations, and messages by fate and reason."""
    inputs = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        inputs.append(Input(path))
    with Engine(memory="512MB") as engine:
        engine.create(
            "accounts",
            "select * from (values ('dr.a', '10001234567', 'CARDIO'), ('dr.b', '10009999998', 'CARDIO'))"
            " as t(account, professional_id, organisation)",
        )
        relation = RelationSettings(name="r", paths=[], registry=registry)
        read_messages(engine, relation, kind, inputs, registries, "Europe/Paris")
        table = engine.table("select * from relation_source order by all")
        fates = engine.rows("select fate, reason, messages from message_fates")
    counted = {(str(fate), str(reason)): int(str(count)) for fate, reason, count in fates}
    return [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()], counted
