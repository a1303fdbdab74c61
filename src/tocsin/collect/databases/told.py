# SPDX-License-Identifier: Apache-2.0
"""What a driver raises, as an error of ours: run again, correct the query, or see to rights.

A database's message may quote a value of a row. Only what is known not to is said, cut short, without the
password; else the code alone.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tocsin.collect.databases.address import Address, variable_of
from tocsin.core.errors import InputError, MachineError, TocsinError, Where
from tocsin.core.words import _, visible

LONGEST = 300


class Kind(Enum):
    """What went wrong."""

    UNREACHABLE = "unreachable"
    LOGIN = "login"
    QUERY = "query"
    BROKEN = "broken"


class Trouble(NamedTuple):
    """An error of a driver."""

    kind: Kind
    code: str
    """The database's own: a SQLSTATE, a number."""

    message: str = ""
    """What may be said: never a value of a row."""


def error_of(trouble: Trouble, address: Address, name: str, password: str | None) -> TocsinError:
    """The error that a person reads."""
    why = _why(trouble, password)
    where = Where(address.shown)
    if trouble.kind is Kind.LOGIN:
        return InputError(
            _("The database refuses the login ({why})."),
            do=_("Check the user in the address, its rights, and the password in {variable}."),
            where=where,
            code="login_refused",
            why=why,
            variable=variable_of(name),
        )
    if trouble.kind is Kind.QUERY:
        return InputError(
            _("The database does not take the query ({why})."),
            do=_("Try the query in the database's own client, as the same user, and correct it."),
            where=where,
            code="query_refused",
            why=why,
        )
    if trouble.kind is Kind.UNREACHABLE:
        return MachineError(
            _("The database does not answer ({why})."),
            do=_("Check the address, that the server runs and that this machine may reach it; run again."),
            where=where,
            code="unreachable",
            why=why,
        )
    return MachineError(
        _("The database broke off in the middle of the query ({why})."),
        do=_("What came stands. Run again to go on behind it."),
        where=where,
        code="broken_off",
        why=why,
    )


def _why(trouble: Trouble, password: str | None) -> str:
    said = " ".join(part for part in (trouble.code, trouble.message) if part)
    said = " ".join(said.split())
    said = said.replace(password, "…") if password else said
    return visible(said if len(said) <= LONGEST else f"{said[:LONGEST]}…") or "?"
