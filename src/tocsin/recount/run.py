# SPDX-License-Identifier: Apache-2.0
"""The recount on one page: read, judge, resolve, link, count.

It shares nothing with the product: other code, another engine, row by row in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tocsin.recount.case import Case, read_case
from tocsin.recount.catalogue import Rule, match_rule, read_catalogue
from tocsin.recount.claims import (
    Change,
    Claim,
    CountedShare,
    count_share,
    find_changes,
    grade_claims,
    is_contradicting,
)
from tocsin.recount.counting import (
    Bounds,
    Counted,
    ExposureRow,
    find_bounds,
    find_counted,
    find_exposure,
    find_largest,
)
from tocsin.recount.events import (
    Event,
    Place,
    SetAside,
    SourceReading,
    find_spent_retries,
    read_events,
)
from tocsin.recount.files import Budget
from tocsin.recount.hours import settle_hours
from tocsin.recount.instants import EPOCH
from tocsin.recount.judging import Judged, Suspect, judge, read_known, read_suspects, strength_of
from tocsin.recount.partial_json import ends_within_list
from tocsin.recount.persons import Key, PersonRow, link_persons
from tocsin.recount.registries import Directory
from tocsin.recount.scoping import Resolver, Scope, resolve_all
from tocsin.recount.sequences import Gap, find_gaps, limit_gaps
from tocsin.recount.values import Table
from tocsin.recount.witnesses import settle

MOST_RECORDS = 200_000
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Recount:
    """Every table of a small case, counted anew. `events` holds those in scope and those out of it."""

    case: Case
    catalogue: tuple[Rule, ...]
    sources: tuple[SourceReading, ...]
    events: tuple[Event, ...]
    set_aside: tuple[SetAside, ...]
    gaps: tuple[Gap, ...]
    judged: tuple[Judged, ...]
    conflicts: tuple[Place, ...]
    """Events on which two suspect rows of one rank disagree."""
    scope: Scope
    persons: tuple[PersonRow, ...]
    counted: tuple[Counted, ...]
    bounds: Bounds
    exposure: tuple[ExposureRow, ...]
    changes: tuple[Change, ...]
    claims: tuple[Claim, ...]
    shares: tuple[CountedShare, ...]


def recount(
    case_folder: Path,
    suspects: Iterable[Table] | None = None,
    sessions: Iterable[Table] = (),
    *,
    most_records: int = MOST_RECORDS,
    most_bytes: int = MOST_BYTES,
) -> Recount:
    """Count a case folder from its own files.

    `suspects` are rows of the product's table of that name, where people decided or detection
    proposed; without them `[[known]]` alone holds. `sessions` is needed where a suspect row names one.
    Raises CannotRecount for what it does not know and TooLargeToRecount beyond the limits.
    """
    case = read_case(case_folder)
    budget = Budget(most_records, most_bytes)
    rules = read_catalogue(case.catalogue)
    directory = Directory(case, budget)
    sources = read_events(case, budget)
    for source in sources:
        settle_hours(source)
    holding = read_known(case.known) if suspects is None else read_suspects(suspects, sessions)
    return _count(case, rules, directory, sources, holding)


def _count(
    case: Case, rules: list[Rule], directory: Directory, sources: list[SourceReading], suspects: list[Suspect]
) -> Recount:
    events = [event for source in sources for event in source.events]
    set_aside = [record for source in sources for record in source.set_aside]
    rates = {source.name: source.most_per_second for source in case.sources}
    gaps = [
        gap
        for source in sources
        for gap in limit_gaps(find_gaps(source.source, source.marks), rates.get(source.source))
    ]
    judged, conflicts = judge(events, suspects)
    # What is held legitimate has its verdict and leaves the scope.
    verdicts = {one.event: one for one in judged if one.verdict != "legitimate"}
    in_scope = [event for event in events if event.place in verdicts]
    spent = find_spent_retries(in_scope, lambda event: strength_of(verdicts[event.place]))
    scope = resolve_all(Resolver(rules, directory, spent), in_scope)
    scope = settle(scope, events, verdicts, case.sources)
    unknown = {event.place for event in in_scope if event.outcome == "unknown"}
    persons = link_persons(directory, {(one.registry, one.person or "") for one in scope.disclosures})
    counted = find_counted(scope.disclosures, verdicts, unknown, _by_key(persons), len(case.registries))
    bounds = find_bounds(
        unresolved=[*scope.unresolved, *scope.partly],
        set_aside=set_aside,
        gaps=gaps,
        suspects=suspects,
        judged=verdicts,
        largest=find_largest(scope.disclosures, _by_key(persons)),
        named=lambda record: count_named(record, rules),
    )
    changes = find_changes(in_scope, verdicts, rules)
    against = [one for one in scope.disclosures if is_contradicting(one, verdicts[one.event])]
    return Recount(
        case=case,
        catalogue=tuple(rules),
        sources=tuple(sources),
        events=tuple(events),
        set_aside=tuple(set_aside),
        gaps=tuple(gaps),
        judged=tuple(judged),
        conflicts=tuple(conflicts),
        scope=scope,
        persons=tuple(persons),
        counted=tuple(counted),
        bounds=bounds,
        exposure=tuple(find_exposure(counted)),
        changes=tuple(changes),
        claims=tuple(grade_claims(case.claims, against, changes, directory.records)),
        shares=tuple(count_share(case, one, counted, directory.records) for one in case.shares),
    )


def _by_key(persons: Iterable[PersonRow]) -> dict[Key, PersonRow]:
    return {(one.registry, one.person): one for one in persons}


def count_named(record: SetAside, rules: list[Rule]) -> int | None:
    """How many persons or records a record that was set aside names, by its fields or by its path.

    None of a record that was cut within a list: nobody knows how many.
    """
    if record.reason == "broken" and ends_within_list(record.text):
        return None
    event = Event(record.place, EPOCH, record.columns, None, record.path)
    named = len(event.persons) + (event.text("record") is not None and not event.persons)
    if named:
        return named
    matches = [match for rule in rules if (match := match_rule(rule, event)) is not None]
    placed = {match.person or match.records for match in matches if match.has_placeholder}
    return len(placed)
