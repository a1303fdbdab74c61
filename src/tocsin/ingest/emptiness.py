# SPDX-License-Identifier: Apache-2.0
"""What was named in `case.toml`, was there, and held nothing: a log without a record proves no absence."""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.planned import Warned
from tocsin.store.case import Case

_NO_RECORD = _(
    "This source gave no event: its files are empty, or hold nothing but blank lines and the like."
    " Nothing that it should have seen is counted. Check that they are the right ones, and whole."
)
_NO_ROW = _(
    "This table has no row, a header at the most. Check that its files are the right ones, and whole."
)


def empty_warnings(case: Case) -> list[Warned]:
    """Of what the case now holds: (code, text, the source or table of `case.toml`)."""
    settings = case.settings
    with case.engine("accounting", "registry", "records", "accounts", "relation_facts") as engine:

        def named(column: str, table: str) -> set[object]:
            return {name for (name,) in engine.rows(f"select distinct {column} from {table}")}

        read = named("source", "accounting where fate in ('event', 'set_aside')")
        held = {
            "[[registries]]": named("registry", "registry"),
            "[[records]]": named("record_type", "records"),
            "[[relations]]": named("relations", "relation_facts"),
        }
        has_accounts = bool(engine.rows("select 1 from accounts limit 1"))
    tables = [
        (kind, one.name)
        for kind, listed in (
            ("[[registries]]", settings.registries),
            ("[[records]]", settings.records),
            ("[[relations]]", settings.relations),
        )
        for one in listed
        if one.name not in held[kind]
    ]
    found: list[Warned] = [
        ("empty_source", Sentence(_NO_RECORD, {}), one.name)
        for one in settings.sources
        if one.name not in read
    ]
    found += [("empty_table", Sentence(_NO_ROW, {}), f"{kind} {name}") for kind, name in tables]
    if settings.accounts and not has_accounts:
        found.append(("empty_table", Sentence(_NO_ROW, {}), "[[accounts]]"))
    return found
