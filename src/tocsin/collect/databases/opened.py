# SPDX-License-Identifier: Apache-2.0
"""Which class opens which kind of address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tocsin.collect.databases.address import Address, parse_address, password_of
from tocsin.collect.databases.database import Database
from tocsin.collect.databases.mysql import Mysql
from tocsin.collect.databases.oracle import Oracle
from tocsin.collect.databases.postgresql import Postgresql
from tocsin.collect.databases.sqlite import Sqlite
from tocsin.collect.databases.sqlserver import SqlServer

DATABASES: Final[dict[str, type[Database]]] = {
    "mysql": Mysql,
    "oracle": Oracle,
    "postgresql": Postgresql,
    "sqlite": Sqlite,
    "sqlserver": SqlServer,
}


def dialect_of(url: str) -> str:
    """As sqlglot names it; raises SettingsError for an address that is none."""
    return DATABASES[parse_address(url).kind].dialect


def database_at(url: str, source: str, folder: Path) -> Database:
    """A database, not yet connected: use it as a context."""
    address: Address = parse_address(url)
    return DATABASES[address.kind](address, password_of(source), source, folder)
