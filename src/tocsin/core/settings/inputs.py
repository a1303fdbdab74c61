# SPDX-License-Identifier: Apache-2.0
"""What a case is given to read: logs, registries, records, their past, files, accounts, who treats whom.

Each struct is one table of case.toml; fields are its keys.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tocsin.core.settings.frozen import Frozen, Period

LogKind = Literal[
    "gateway",
    "application",
    "identity_provider",
    "directory",
    "bastion",
    "database",
    "mail",
    "host",
    "publisher",
    "operator",
]
"""What a log tells of: `gateway` is a portal, proxy or gateway, `application` the software's own trail."""

HolderKind = Literal["us", "publisher", "host", "operator", "directory", "identity_provider", "other"]
"""Who keeps a log: ourselves, the software's publisher, the (health data) host, the regional operator…"""


class ListenSettings(Frozen, frozen=True, kw_only=True):
    """`listen` of a source: the addresses at which `tocsin listen` receives it as syslog."""

    udp: str | None = None
    tcp: str | None = None
    tls: str | None = None
    relp: str | None = None
    relp_tls: str | None = None
    certificate: str | None = None
    key: str | None = None
    client_ca: str | None = None
    max_message: int = 1 << 20
    connections: int = 1000


class SourceSettings(Frozen, frozen=True, kw_only=True):
    """[[sources]]: native logs."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    watermark: str | None = None
    collect: dict[str, object] = {}
    listen: ListenSettings | None = None
    format: str | None = None
    mapping: str | None = None
    envelope: str | None = None
    envelope_field: str | None = None
    zone: str | None = None
    before: datetime | None = None
    period: Period | None = None
    custody: Literal["outside", "same-host", "attacker-reachable"] = "same-host"
    controller: str | None = None
    copy: bool = False
    kind: LogKind | None = None
    held_by: HolderKind | None = None
    owner: str | None = None
    contact: str | None = None
    retention: str | None = None
    most_per_second: float | None = None
    bytes_seen_by: str | None = None
    least_bytes: int | None = None
    chain_own: str | None = None
    chain_before: str | None = None


class RegistrySettings(Frozen, frozen=True, kw_only=True):
    """[[registries]]: who the local ids are."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    columns: dict[str, str | list[str]]
    sources: list[str] = []
    domain: str | None = None
    local_id_identifying: bool = False
    person_pattern: str | None = None
    ins_oid: str | None = None
    controller: str | None = None
    complete: bool = False
    professionals: bool = False
    as_of: datetime | None = None


class RecordSettings(Frozen, frozen=True, kw_only=True):
    """[[records]]: other things that logs name, and whose they are."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    columns: dict[str, str]
    sources: list[str] = []
    registry: str | None = None
    as_of: datetime | None = None


class HistorySettings(Frozen, frozen=True, kw_only=True):
    """[[history]]: what tells of the past of a registry or of a table of records."""

    name: str
    of: str
    paths: list[str]
    format: Literal["copies", "audit", "hl7v2"] | None = None
    columns: dict[str, str | list[str]] = {}
    at: datetime | None = None
    dated: str | None = None
    table: str | None = None
    tells: list[str] = []
    period: Period | None = None


class FileSettings(Frozen, frozen=True, kw_only=True):
    """[[files]]: copies of the files that logs name; who and what stands in them is read."""

    name: str
    paths: list[str]
    sources: list[str] = []
    registry: str | None = None
    columns: dict[str, str | list[str]] = {}
    categories: dict[str, str] = {}
    as_of: datetime | None = None
    controller: str | None = None


class CatalogueSettings(Frozen, frozen=True, kw_only=True):
    """[catalogue]"""

    path: str = "catalogue.toml"
    version: str | None = None
    signed_by: str | None = None


class AccountSettings(Frozen, frozen=True, kw_only=True):
    """[[accounts]]: the directory of accounts."""

    name: str = "directory"
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    columns: dict[str, str]
    registry: str | None = None


class RelationSettings(Frozen, frozen=True, kw_only=True):
    """[[relations]]: who treats whom."""

    name: str
    paths: list[str] = []
    database: str | None = None
    query: str | None = None
    format: Literal["table", "hl7v2", "fhir"] | None = None
    columns: dict[str, str] = {}
    days_around: int = 30
    cancelled: list[str] = []
    registry: str | None = None


class PlaceSettings(Frozen, frozen=True, kw_only=True):
    """[[places]]: where network addresses lie: a site's own ranges, or a register of ranges."""

    name: str
    addresses: list[str] = []
    paths: list[str] = []
    columns: dict[str, str] = {}
    kind: Literal["fixed", "mobile", "vpn", "shared"] = "fixed"
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 50.0


class OperationSettings(Frozen, frozen=True, kw_only=True):
    """[[operations]]: declared bulk work."""

    account: str
    from_: datetime | None = None
    until: datetime | None = None
    why: str = ""
