# SPDX-License-Identifier: Apache-2.0
"""Who is not written to, by rules of case.toml, each with its reason.

A rule names persons by a list in a file (never on a command line), by controller or by category. What it
takes away stays in the balance, under the rule's name.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import SuppressSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.store.case import Case
from tocsin.store.engine import Engine

_RULES = pa.schema(
    [
        ("rule_number", pa.int64()),
        ("name", pa.string()),
        ("controllers", pa.list_(pa.string())),
        ("categories", pa.list_(pa.string())),
    ]
)
_PERSONS = pa.schema([("rule_number", pa.int64()), ("registry", pa.string()), ("person", pa.string())])


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The rules, and whom their lists name."""

    rules: tuple[SuppressSettings, ...]
    persons: tuple[tuple[int, str | None, str], ...] = field(repr=False)
    digest: str

    def register(self, engine: Engine) -> None:
        """As tables `suppress_rules` and `suppress_persons`."""
        rows = [
            {"rule_number": n, "name": r.name, "controllers": r.controllers, "categories": r.categories}
            for n, r in enumerate(self.rules)
        ]
        engine.register("suppress_rules", pa.Table.from_pylist(rows, schema=_RULES))
        listed = [dict(zip(_PERSONS.names, one, strict=True)) for one in self.persons]
        engine.register("suppress_persons", pa.Table.from_pylist(listed, schema=_PERSONS))


def read_suppressions(case: Case) -> Suppressions:
    """The rules with their lists. Raises InputError for a file or a column that is not there."""
    hasher = hashlib.sha256()
    persons: list[tuple[int, str | None, str]] = []
    for number, rule in enumerate(case.settings.notify.suppress):
        for name in rule.paths:
            path = case.path_of(name)
            if not path.is_file():
                raise InputError(
                    _("There is no such list of persons."),
                    do=_("Check the path."),
                    where=path,
                    code="no_file",
                )
            hasher.update(path.read_bytes())
            persons += [(number, rule.registry, person) for person in _listed(path, rule.column)]
    return Suppressions(tuple(case.settings.notify.suppress), tuple(persons), hasher.hexdigest())


def _listed(path: Path, column: str) -> Sequence[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        sample = file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter=";" if sample.count(";") > sample.count(",") else ",")
        if column not in (reader.fieldnames or ()):
            raise InputError(
                _("There is no column '{name}'."),
                do=suggest(column, reader.fieldnames or ()),
                where=path,
                code="no_column",
                name=column,
            )
        return [row[column].strip() for row in reader if (row[column] or "").strip()]
