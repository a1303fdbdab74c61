# SPDX-License-Identifier: Apache-2.0
"""SQL as prose: one named step a file, with a header that is checked.

    -- exposure_by_person: what each person had read, and how sure that is.
    -- reads   disclosures, persons
    -- gives   exposure: one row per person and category
    -- binds   $since, $until

A test holds each file to its header: a text that reads or binds anything else is refused there.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    """Read `queries/<name>.sql` of a package."""
    sql = files(package).joinpath("queries", f"{name}.sql").read_text("utf-8")
    return Query(name, sql, _words(_READS, sql, "reads"), _words(_BINDS, sql, "binds"))


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
