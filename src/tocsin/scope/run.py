# SPDX-License-Identifier: Apache-2.0
"""Runs the scope stage: from suspects to disclosures, and to what could not be told.

Reads events, set_aside, gaps, registry, records, findings and the journal; writes the tables of scope.
The same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from tocsin.core.tables import SCOPE_TABLES
from tocsin.journal.answers import HEARD
from tocsin.scope.aside import find_named_aside
from tocsin.scope.boundaries import find_near_boundaries
from tocsin.scope.catalogue import CompiledRule, compile_catalogue
from tocsin.scope.claims import grade_claims
from tocsin.scope.columns import needed_columns
from tocsin.scope.fates import BUILT_IN, ask_resolvers, load_resolvers, settle_fates
from tocsin.scope.holes import find_holes
from tocsin.scope.interface import Resolver
from tocsin.scope.judge import Dispute, judge_events, suspect_table
from tocsin.scope.matching import match_rules, register_rules
from tocsin.scope.modifications import find_changes
from tocsin.scope.outside import KINDS as OUTSIDE_KINDS
from tocsin.scope.outside import read_excess
from tocsin.scope.positive import samples_seen
from tocsin.scope.reopened import NOTE, journal_changes, note_of
from tocsin.scope.replayed import start_replayed, write_replayed
from tocsin.scope.sessions import create_event_sessions, cut_sessions, settle_sessions
from tocsin.scope.settled import drop_changes_told_twice, settle_by_witnesses
from tocsin.scope.suspects import DECIDED_KINDS, read_suspects
from tocsin.scope.views_once import count_views_once
from tocsin.scope.witnesses import join_witnesses
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.scope"
READS = (
    "events",
    "set_aside",
    "gaps",
    "registry",
    "records",
    "findings",
    "split_sessions",
    "controllers",
    "file_copies",
    "file_persons",
    "coverage",
    "files",
)


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """The stage in figures: in scope = disclosed + nothing shown + unresolved."""

    events: int
    disclosed: int
    nothing_shown: int
    unresolved: int
    uncovered: int
    set_aside: int
    """Set-aside records that may be in scope."""

    proposed: int
    """Suspects that detection proposed and nobody has decided on."""

    disputes: tuple[Dispute, ...]
    """Two verdicts of one rank on the same events: a person is needed."""


def run(case: Case) -> ScopeReport:
    """Write the tables of scope, or leave them when nothing that they rest on has changed.

    Raises InputError for a catalogue that cannot be used, or that is ambiguous on an event in scope.
    """
    inputs = _inputs(case)
    if not case.stage_is_current("scope", inputs):
        rules = compile_catalogue(case.catalogue, case.settings)
        with case.stage("scope", *READS, "sessions") as stage:
            _write(stage, rules)
            before = case.generation.stages.get(NOTE)
            now = note_of(stage.engine, before)
            stage.note(NOTE, now)
            journal_changes(case, before, now)
            stage.commit(inputs)
    return _report(case)


def _write(stage: Stage, rules: Sequence[CompiledRule]) -> None:
    engine, case = stage.engine, stage.case
    suspects = settle_sessions(engine, read_suspects(case, engine))
    engine.register("suspect_rows", suspect_table(suspects))
    create_event_sessions(engine, suspects)
    judge_events(engine, suspects)
    stage.write("suspects", "select * from suspect_rows")
    stage.write("judged", "select * from judged")
    stage.write("disputes", load_query(PACKAGE, "disputes"))
    for step in ("matched", "first_matches"):
        engine.drop(step)
    resolvers = load_resolvers(case.settings)
    create_scoped(engine, needed_columns(rules, resolvers))
    join_witnesses(engine, case.settings)
    find_near_boundaries(engine, suspects, case.settings)
    stage.write("skews", "select * from clock_skews")
    stage.write("near_boundary", "select * from near_now")
    stage.write("unjoined", "select * from unjoined_now")
    _write_sessions(stage)
    _write_fates(stage, rules, resolvers)
    _write_doubts(stage, rules)


def create_scoped(engine: Engine, columns: Sequence[str]) -> None:
    """Make `scoped` from `judged` and these columns of `events`."""
    engine.view("needed_events", f"select {', '.join(quote(name) for name in columns)} from events")
    engine.create("scoped", load_query(PACKAGE, "scoped"))
    engine.create("told_before", load_query(PACKAGE, "told_before"))
    engine.run(
        "update scoped set kind = 'retry'"
        " where kind = 'open' and event_id in (select t.event_id from told_before as t)"
    )


def _write_sessions(stage: Stage) -> None:
    cut_sessions(stage.engine, load_query(PACKAGE, "judged_accounts"))
    stage.engine.create("sessions_now", load_query(PACKAGE, "sessions"))
    for step in ("session_acts", "event_sessions"):
        stage.engine.drop(step)
    stage.write("sessions", "select * from sessions_now")


def _write_fates(stage: Stage, rules: Sequence[CompiledRule], resolvers: Sequence[Resolver]) -> None:
    engine, settings = stage.engine, stage.case.settings
    signed = bool(stage.case.catalogue.signed_by or (settings.catalogue and settings.catalogue.signed_by))
    register_rules(engine, rules, catalogue_is_signed=signed)
    match_rules(engine, rules, settings)
    start_replayed(engine)
    ask_resolvers(engine, resolvers, rules, settings)
    write_replayed(stage)
    settle_fates(engine)
    settle_by_witnesses(engine)
    count_views_once(engine)
    stage.write("witnesses", load_query(PACKAGE, "witnesses"))
    _write_disclosures(stage, rules, resolvers)
    stage.write("nothing_shown", "select event_id, reason from fates where fate = 'nothing_shown'")
    stage.write("unresolved", load_query(PACKAGE, "unresolved"))
    stage.write("uncovered", load_query(PACKAGE, "uncovered"))


def _write_disclosures(stage: Stage, rules: Sequence[CompiledRule], resolvers: Sequence[Resolver]) -> None:
    engine, settings = stage.engine, stage.case.settings
    _hold_rows(engine, is_ours=all(resolver.name in BUILT_IN for resolver in resolvers))
    for step in FACTS:
        engine.create(step, load_query(PACKAGE, step))
    for step in ("record_facts", "person_facts"):
        engine.view(step, load_query(PACKAGE, step).sql)
    sources = [{"source": source.name, "controller": source.controller} for source in settings.sources]
    schema = pa.schema([pa.field("source", pa.string()), pa.field("controller", pa.string())])
    engine.register("source_facts", pa.Table.from_pylist(sources, schema))
    by_rule = "rule_told" if _has_copies(engine) else "shown_categories"
    if any(rule.rule.together for rule in rules):
        engine.create(by_rule, load_query(PACKAGE, "shown_categories"))
    else:
        engine.view(by_rule, SHOWN_CATEGORIES)
    if by_rule == "rule_told":
        engine.create("shown_categories", load_query(PACKAGE, "told_categories"))
    stage.write(
        "disclosures",
        load_query(PACKAGE, "disclosures"),
        registries=len(settings.registries),
        only_controller=_only_controller(stage),
    )
    for step in (*HELD, *FACTS):
        engine.drop(step)


def _hold_rows(engine: Engine, *, is_ours: bool) -> None:
    """Make `held_records` and `held_persons`.

    Where nobody but the resolver of names told anything, it has looked up the rows of all that it told, and
    of some more, which nothing asks for.
    """
    told_by_names = engine.value("select bool_and(s.resolver = 'named') from shown as s")
    for step, looked_up in HELD.items():
        if is_ours and told_by_names:
            engine.run(f"alter table {looked_up} rename to {step}")
        else:
            engine.create(step, load_query(PACKAGE, step))


def _has_copies(engine: Engine) -> bool:
    """Whether files told whom they show."""
    return engine.value("select 1 from shown where resolver = 'file_contents' limit 1") is not None


FIGURES = ("events", "disclosed", "nothing_shown", "unresolved", "uncovered", "set_aside", "proposed")
"""Of ScopeReport, in the order of the query."""

SHOWN_CATEGORIES = (
    "select s.*, c.categories from shown as s inner join"
    " (select rule, list(category) as categories from rule_categories group by rule) as c on c.rule = s.rule"
)
"""The categories of what was shown, where every event falls under one rule."""

HELD = {"held_records": "named_records", "held_persons": "known_persons"}
"""Rows of the records and persons that were shown, and the step of the resolver of names that reads them."""

FACTS = (
    "several_records",
    "moving_records",
    "several_persons",
    "moving_persons",
)
"""The steps that tell whose the data are and of when, in their order."""


def _write_doubts(stage: Stage, rules: Sequence[CompiledRule]) -> None:
    engine, case = stage.engine, stage.case
    for name in ("disclosures", "uncovered"):
        stage.attach_written(name)
    find_holes(engine, case.settings)
    find_named_aside(engine, rules)
    stage.write("doubts", load_query(PACKAGE, "doubts"))
    find_changes(engine, rules)
    drop_changes_told_twice(engine)
    stage.write("modifications", load_query(PACKAGE, "modifications"))
    for name in ("doubts", "modifications"):
        stage.attach_written(name)
    excess = read_excess(case.journal.entries())
    samples = samples_seen(case.journal.entries())
    grade_claims(engine, case.settings, *_catalogue_version(case), excess, samples)
    stage.write("claims", "select * from claims_now")


def _only_controller(stage: Stage) -> str | None:
    found = stage.engine.rows("select distinct controller from controllers order by controller limit 2")
    return str(found[0][0]) if len(found) == 1 else None


def _catalogue_version(case: Case) -> tuple[str, str | None]:
    """The catalogue's version (its digest when it has none) and its signers, of the whole or of rules."""
    named = case.settings.catalogue
    version = case.catalogue.version or (named.version if named else None)
    whole = case.catalogue.signed_by or (named.signed_by if named else None)
    signers = dict.fromkeys([whole, *(rule.signed_by for rule in case.catalogue.shows)])
    signer = ", ".join(name for name in signers if name) or None
    return version or f"sha256:{_catalogue_digest(case)[:12]}", signer


def _catalogue_digest(case: Case) -> str:
    named = case.settings.catalogue
    content = case.path_of(named.path).read_bytes() if named else b""
    return hashlib.sha256(content).hexdigest()


def _inputs(case: Case) -> str:
    kinds = (*DECIDED_KINDS, HEARD, *OUTSIDE_KINDS)
    decisions = [entry.hash for entry in case.journal.entries() if entry.kind in kinds]
    settings = (case.folder / "case.toml").read_bytes()
    also = "\n".join([hashlib.sha256(settings).hexdigest(), _catalogue_digest(case), *decisions])
    return case.digest_of(*READS, also=also)


def _report(case: Case) -> ScopeReport:
    with case.engine(*(table.name for table in SCOPE_TABLES)) as engine:
        figures = engine.rows(load_query(PACKAGE, "scope_figures"))[0]
        disputes = engine.rows("select suspect_id, other_id, events from disputes order by 1, 2")
    return ScopeReport(
        **{name: int(str(figure)) for name, figure in zip(FIGURES, figures, strict=True)},
        disputes=tuple(Dispute(*(int(str(value)) for value in row)) for row in disputes),
    )
