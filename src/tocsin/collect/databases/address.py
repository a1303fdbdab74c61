# SPDX-License-Identifier: Apache-2.0
"""The address of a database, as case.toml has it, and the password, which case.toml never has.

`postgresql://user@host:port/name?sslmode=verify-full`; a password comes from the variable TOCSIN_DB_<NAME>,
or from the file that TOCSIN_DB_<NAME>_FILE names.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tocsin.collect.interface import shown_address
from tocsin.core.errors import InputError, SettingsError
from tocsin.core.suggest import suggest
from tocsin.core.words import _

SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlserver": "sqlserver",
    "mssql": "sqlserver",
    "oracle": "oracle",
    "sqlite": "sqlite",
}
"""As people write it: the kind of database."""

_SECRET_OPTIONS = re.compile(r"(?i)pass(word|wd)?$|^pwd$|secret|token")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is, and who asks."""

    kind: str
    host: str
    port: int | None
    user: str | None
    name: str
    """Of the database, the service, or the file."""

    options: dict[str, str]
    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """Without user and options."""
        return shown_address(self.url)


def parse_address(url: str) -> Address:
    """Raises SettingsError for an address that is none, or that holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_address() from None
    kind = SCHEMES.get(parts.scheme.lower())
    if kind is None:
        raise SettingsError(
            _("'{scheme}' is no kind of database that is read here."),
            do=suggest(parts.scheme, sorted(SCHEMES)),
            code="unknown_database",
            scheme=parts.scheme,
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.password is not None or any(_SECRET_OPTIONS.search(name) for name in options):
        raise SettingsError(
            _("The address of a database holds a password."),
            do=_("Take it out, change it, and give it in a variable TOCSIN_DB_<NAME>."),
            code="password_in_settings",
        )
    user = None if parts.username is None else unquote(parts.username)
    return Address(kind, parts.hostname or "", port, user, unquote(parts.path[1:]), options, url)


def _bad_address() -> SettingsError:
    return SettingsError(
        _("This is no address of a database."),
        do=_("Write it as postgresql://user@host:5432/name."),
        code="bad_address",
    )


def variable_of(name: str) -> str:
    """The variable that has the password of the source or register of that name."""
    return f"TOCSIN_DB_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"


def password_of(name: str) -> str | None:
    """From the variable, or the file that the other one names; raises InputError when it is unreadable."""
    variable = variable_of(name)
    if variable in os.environ:
        return os.environ[variable]
    path = os.environ.get(f"{variable}_FILE")
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            _("The file with the password of '{name}' cannot be read: {why}."),
            do=_("Check the path in {variable}."),
            where=path,
            code="no_password_file",
            name=name,
            why=getattr(error, "strerror", None) or type(error).__name__,
            variable=f"{variable}_FILE",
        ) from None
