# SPDX-License-Identifier: Apache-2.0
"""The one SELECT that is accepted: everything else is refused before a connection is made.

It guards against a slip, not against whoever writes case.toml: the transaction is read-only besides, and the
user that asks should have no right but to read.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tocsin.core.errors import SettingsError
from tocsin.core.words import _

WRITING = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Merge,
    exp.Drop,
    exp.Alter,
    exp.Set,
    exp.Use,
    exp.Pragma,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Copy,
    exp.TruncateTable,
)
"""Any of these anywhere in the tree makes it more than a reading."""

HIDDEN = ("/*!", "/*M!")
"""Comments that MySQL and MariaDB execute."""


def accept_select(query: str, dialect: str) -> str:
    """The query without the sign that ends it; raises SettingsError when it is not one SELECT."""
    text = query.strip().rstrip(";").rstrip()
    try:
        statements = [one for one in sqlglot.parse(text, read=dialect) if one is not None]
    except (SqlglotError, RecursionError):
        raise _refused(_("It cannot be read as SQL of this kind of database.")) from None
    if len(statements) != 1:
        raise _refused(_("It holds several statements, or none."))
    [statement] = statements
    if not isinstance(statement, exp.Query) or any(sign in text for sign in HIDDEN):
        raise _refused(_("It is no SELECT."))
    if statement.find(*WRITING) is not None:
        raise _refused(_("It writes or locks."))
    return text


def _refused(why: str) -> SettingsError:
    return SettingsError(
        why, do=_("Write one SELECT; a view in the database can hold the rest."), code="not_a_select"
    )
