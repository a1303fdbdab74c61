# SPDX-License-Identifier: Apache-2.0
"""The shape of catalogue.toml: what each access shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tocsin.core.settings.frozen import Frozen, Period


class Parameter(Frozen, frozen=True, kw_only=True):
    """Where a replay's parameter comes from: `query:name`, `detail:$.path` or `event:column`."""

    from_: str
    default: str | None = None


class ShownColumn(Frozen, frozen=True, kw_only=True):
    """A column of a database's table, where its categories alone do not say enough."""

    categories: list[str]
    held_as: str | None = None
    type: Literal["text", "integer", "number", "date", "instant", "boolean"] | None = None
    encrypted: bool = False


class ViewDefinition(Frozen, frozen=True, kw_only=True):
    """[[databases.views]]: a view, or a function that gives rows, as it was defined from some instant on."""

    name: str
    definition: str
    arguments: list[str] = []
    since: datetime | None = None


class Database(Frozen, frozen=True, kw_only=True):
    """[[databases]]: whose statements a log holds, and what its tables show."""

    name: str
    dialect: Literal["postgres", "mysql", "oracle", "tsql", "sqlite", "duckdb"] = "postgres"
    tables: dict[str, str]
    columns: dict[str, list[str] | ShownColumn] = {}
    views: list[ViewDefinition] = []
    decrypts: list[str] = []
    collation: Literal["binary", "fr"] | None = None
    compares: Literal["binary", "nocase", "noaccent"] | None = None
    parameters: str = "detail:$.parameters"


class Rule(Frozen, frozen=True, kw_only=True):
    """[[shows]]: a selector on event columns, and what the access discloses."""

    source: str | None = None
    action: str | None = None
    object: str | None = None
    object_type: str | None = None
    record_type: str | None = None
    outcome: str | None = None
    status: str | None = None
    client: str | None = None
    account: str | None = None
    organisation: str | None = None
    address: str | None = None
    device: str | None = None
    user_agent: str | None = None
    node: str | None = None
    session: str | None = None
    file_name: str | None = None
    query: str | None = None
    person_domain: str | None = None
    categories: list[str]
    protection: Literal["clear", "encrypted", "pseudonymised"] = "clear"
    keys_held_by: str | None = None
    since: datetime | None = None
    data_period: Period | None = None
    together: bool = False
    registry: str | None = None
    parameters: dict[str, str | Parameter] = {}
    replay: str | None = None
    collation: Literal["binary", "fr"] | None = None
    row_bytes: int | None = None
    database: str | None = None
    signed_by: str | None = None
    signed_at: datetime | None = None
    version: str | None = None
    note: str | None = None


SELECTORS = (
    "source",
    "action",
    "object",
    "object_type",
    "record_type",
    "outcome",
    "status",
    "client",
    "account",
    "organisation",
    "address",
    "device",
    "user_agent",
    "node",
    "session",
    "file_name",
    "query",
    "person_domain",
)
"""Keys of a rule that select events; two rules with equal selectors are versions of one another."""


class Catalogue(Frozen, frozen=True, kw_only=True):
    """catalogue.toml"""

    shows: list[Rule] = []
    databases: list[Database] = []
    version: str | None = None
    signed_by: str | None = None
