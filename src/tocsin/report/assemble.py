# SPDX-License-Identifier: Apache-2.0
"""The whole of report.json, from the committed tables.

The same tables give the same report, byte for byte; only `run` may tell of the machine. Every number
has its entry in `figures`; sentences are made elsewhere from codes.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from tocsin import __version__
from tocsin.core.errors import MachineError
from tocsin.core.tables import ALL_TABLES, NOTIFY_TABLES
from tocsin.core.words import _
from tocsin.report.counts import (
    put_categories,
    put_controllers,
    put_counts,
    put_identities,
    put_modifications,
    put_shares,
)
from tocsin.report.coverage_parts import put_availability, put_coverage
from tocsin.report.figures import Figures, Row, Sheet, list_numbers
from tocsin.report.past_parts import put_histories
from tocsin.report.questions import put_questions
from tocsin.report.scope_parts import put_accounting, put_accounts, put_claims, put_scope
from tocsin.report.thief_parts import put_campaigns, put_split
from tocsin.report.witness_parts import put_clocks, put_witnesses
from tocsin.store.case import Case
from tocsin.store.query import load_query

_TOLD: Final = {table.name for table in NOTIFY_TABLES}
"""What notification writes: it rests on the figures, none of them rests on it."""

ANSWERS: Final = "answers"
"""Of these, what persons answered is read: it asks whether a figure is right, and is no part of any."""

TABLES_READ: Final = tuple(
    table.name for table in ALL_TABLES if table.name not in {"set_aside", "registry", "accounts"} | _TOLD
)

STEPS: Final = (
    "shown",
    "counted",
    "nameless",
    "largest",
    "bounds",
    "record_levels",
    "acts",
)
"""Relations that the figures read, in their order."""

ORDER: Final = (
    "case",
    "title",
    "zone",
    "period",
    "counts",
    "declared",
    "categories",
    "scope",
    "unresolved",
    "nothing_shown",
    "witnesses",
    "clocks",
    "accounts",
    "accounts_total",
    "campaigns",
    "split",
    "certainties",
    "not_in_registry",
    "test_identities",
    "false_keys",
    "unreadable",
    "shares",
    "claims",
    "modifications",
    "controllers",
    "accounting",
    "formats",
    "coverage",
    "availability",
    "histories",
    "timeline_step",
    "timeline",
    "conflicts",
    "open_questions",
    "secrecy",
    "figures",
    "run",
)


def assemble(case: Case) -> Row:
    """The report as a tree that JSON can hold.

    Raises MachineError when a count is not in order or a number has no query, InputError for a share of
    what the case has not.
    """
    figures = Figures(inputs=digest_inputs(case))
    with case.engine(*TABLES_READ, ANSWERS) as engine:
        sheet = Sheet(case, engine, figures)
        make_relations(sheet)
        for put in (
            put_scope,
            put_counts,
            put_categories,
            put_identities,
            put_modifications,
            put_controllers,
            put_shares,
            put_accounting,
            put_accounts,
            put_campaigns,
            put_split,
            put_claims,
            put_witnesses,
            put_clocks,
            put_coverage,
            put_availability,
            put_histories,
            put_questions,
        ):
            put(sheet)
    return _finish(case, sheet)


def make_relations(sheet: Sheet) -> None:
    """The relations that the figures read: persons and categories as numbers, bounds, acts."""
    categories = sorted({name for rule in sheet.case.catalogue.shows for name in rule.categories})
    sheet.make("exposed", registries=len(sheet.case.settings.registries))
    sheet.make("category_numbers", categories=categories)
    sheet.engine.create("controller_numbers", load_query("tocsin.store", "controller_numbers"))
    for step in STEPS:
        sheet.make(step)


def digest_inputs(case: Case) -> str:
    """Of the generation: every committed table's parts, and the code."""
    return case.digest_of(*sorted(set(case.generation.tables) - _TOLD))


def _finish(case: Case, sheet: Sheet) -> Row:
    settings = case.settings.case
    whole = sheet.parts | {
        "case": settings.id,
        "title": settings.title or None,
        "zone": settings.zone,
        "secrecy": {"sealed": case.is_sealed},
        "run": {
            "version": __version__,
            "engine": f"duckdb {version('duckdb')}",
            "generation": case.generation.number,
            "journal_head": case.journal.head,
        },
    }
    _check_figures(sheet)
    whole["figures"] = dict(sorted(sheet.figures.entries.items()))
    return {key: whole[key] for key in ORDER}


def _check_figures(sheet: Sheet) -> None:
    """Raise MachineError when a number of the report has no query."""
    for key, value in sheet.parts.items():
        for path, _number in list_numbers(key, value):
            if path not in sheet.figures.entries:
                raise MachineError(_("The figure {path} has no query."), do=_("Report it."), path=path)
