# SPDX-License-Identifier: Apache-2.0
"""Where what is collected lies in the case: the `paths` of sources and registers that name a database.

All that reads `paths` reads the spool or the snapshot in the same way as any file. Nothing is collected here.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar
from urllib.parse import quote

import msgspec

from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.inputs import (
    AccountSettings,
    RecordSettings,
    RegistrySettings,
    RelationSettings,
    SourceSettings,
)

SPOOLS = "evidence/collected"
"""A folder for each source: its records as they came."""

RECEIVED = "evidence/received"
"""A folder for each source that `tocsin listen` receives: what arrived, and what is known of its arrival."""

SNAPSHOTS = "evidence/snapshots"
"""Tables read once from a database: `<kind>~<name>.parquet`."""

LONGEST_NAME = 150

KINDS = {
    "registry": "registries",
    "records": "records",
    "accounts": "accounts",
    "relations": "relations",
}
"""What is read once from a database: its kind in names of files, and its table of case.toml."""

Register = TypeVar("Register", RegistrySettings, RecordSettings, AccountSettings, RelationSettings)
AnyRegister = RegistrySettings | RecordSettings | AccountSettings | RelationSettings


def is_collected(source: SourceSettings) -> bool:
    """Whether its records are brought from elsewhere before they are read."""
    return source.database is not None or bool(source.collect)


def file_name(name: str) -> str:
    """Any name, as that of one file: no folder in it, no dot in front, not long."""
    quoted = quote(name, safe=" !,=@+") or "%"
    quoted = f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted
    if len(quoted) <= LONGEST_NAME:
        return quoted
    return f"{quoted[:LONGEST_NAME]}~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def spool_folder(name: str) -> str:
    """The folder of a source's records, relative to the case."""
    return f"{SPOOLS}/{file_name(name)}"


def received_folder(name: str) -> str:
    """The folder of what is received for a source, relative to the case."""
    return f"{RECEIVED}/{file_name(name)}"


def spool_pattern(name: str) -> str:
    """All files of that folder."""
    return f"{spool_folder(name)}/*"


def snapshot_path(kind: str, name: str) -> str:
    """The snapshot of one of `KINDS` of that name, relative to the case."""
    return f"{SNAPSHOTS}/{kind}~{file_name(name)}.parquet"


def with_places(settings: CaseSettings) -> CaseSettings:
    """The same settings, where what is collected has the paths at which it lies."""
    return msgspec.structs.replace(
        settings,
        sources=[_with_spool(source) for source in settings.sources],
        registries=[_with_snapshot("registry", registry) for registry in settings.registries],
        records=[_with_snapshot("records", record) for record in settings.records],
        accounts=[_with_snapshot("accounts", directory) for directory in settings.accounts],
        relations=[_with_snapshot("relations", relation) for relation in settings.relations],
    )


def _with_spool(source: SourceSettings) -> SourceSettings:
    if not source.paths and source.listen is not None and not is_collected(source):
        return msgspec.structs.replace(source, paths=[f"{received_folder(source.name)}/messages-*.log"])
    if source.paths or not is_collected(source):
        return source
    return msgspec.structs.replace(source, paths=[spool_pattern(source.name)])


def _with_snapshot(kind: str, register: Register) -> Register:
    if register.paths or register.database is None:
        return register
    return msgspec.structs.replace(register, paths=[snapshot_path(kind, register.name)])
