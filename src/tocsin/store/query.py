# SPDX-License-Identifier: Apache-2.0
"""SQL as prose: one named step a file, with a header that is checked.

    -- exposure_by_person: what each person had read, and how sure that is.
    -- reads   disclosures, persons
    -- gives   exposure: one row per person and category
    -- binds   $since, $until

A file whose tables or parameters differ from what its header declares is refused when it is loaded.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

from tocsin.core.errors import MachineError
from tocsin.core.words import _

_NAME = re.compile(r"^-- (?P<name>[a-z0-9_]+): (?P<purpose>.+)$", re.MULTILINE)
_READS = re.compile(r"^-- reads +(?P<reads>.+)$", re.MULTILINE)
_BINDS = re.compile(r"^-- binds +(?P<binds>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """One step: its name, its text, and what it rests on."""

    name: str
    sql: str
    reads: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Of the text: a figure names the query that gave it."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def load_query(package: str, name: str) -> Query:
    """Read `queries/<name>.sql` of a package and hold it to its header.

    Raises MachineError when header and text differ.
    """
    sql = files(package).joinpath("queries", f"{name}.sql").read_text("utf-8")
    query = Query(name, sql, _words(_READS, sql, "reads"), _words(_BINDS, sql, "binds"))
    _check_header(query)
    return query


def quote(name: str) -> str:
    """A name as a quoted SQL identifier: the one way a name enters a text."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a SQL literal, for the few statements that cannot bind (views, file paths)."""
    return "'" + text.replace("'", "''") + "'"


def _words(pattern: re.Pattern[str], sql: str, group: str) -> tuple[str, ...]:
    found = pattern.search(sql)
    if not found:
        return ()
    return tuple(re.findall(r"\$?([A-Za-z_][A-Za-z0-9_]*)", re.sub(r"\(.*?\)", "", found[group])))


def _check_header(query: Query) -> None:
    head = _NAME.search(query.sql)
    if not head or head["name"] != query.name:
        raise MachineError(_("The query file {name}.sql has no header of that name."), name=query.name)
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    nouns = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {
        t.name for t in tree.find_all(exp.Table) if t.name and not isinstance(t.this, exp.Anonymous)
    } - nouns
    binds = {p.name for p in tree.find_all(exp.Parameter, exp.Placeholder)}
    if tables != set(query.reads):
        raise _mismatch(
            _("{name}.sql reads {found}, and its header says {declared}."), query, tables, query.reads
        )
    if binds != set(query.binds):
        raise _mismatch(
            _("{name}.sql binds {found}, and its header says {declared}."), query, binds, query.binds
        )


def _mismatch(what: str, query: Query, found: set[str], declared: tuple[str, ...]) -> MachineError:
    return MachineError(
        what,
        do=_("Correct the header."),
        name=query.name,
        found=", ".join(sorted(found)),
        declared=", ".join(sorted(declared)),
    )
