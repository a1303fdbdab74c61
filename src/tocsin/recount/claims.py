# SPDX-License-Identifier: Apache-2.0
"""What was changed, which claims that contradicts, and shares of a whole.

Only contradiction is recounted; how well a claim that stands is proven is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.recount.case import Case, Claims, Share
from tocsin.recount.catalogue import Rule, match_rule
from tocsin.recount.counting import REPLAYED, Counted, Level, count_levels, level_of, records_up_to
from tocsin.recount.errors import CannotRecount
from tocsin.recount.events import Event, Place
from tocsin.recount.instants import registry_instant
from tocsin.recount.judging import Judged
from tocsin.recount.registries import Listing
from tocsin.recount.scoping import Disclosure

CHANGES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Change:
    """One attempt to create, update or delete a record, that may have succeeded."""

    record_type: str
    record: str
    level: Level
    known_outcome: bool


@dataclass(frozen=True, slots=True)
class Claim:
    id: str
    contradicted: bool


@dataclass(frozen=True, slots=True)
class CountedShare:
    unit: str
    count: int
    total: int
    share: float | None


def find_changes(events: Iterable[Event], judged: dict[Place, Judged], rules: list[Rule]) -> list[Change]:
    changes = []
    for event in events:
        if event.text("action") not in CHANGES or event.outcome == "failure":
            continue
        verdict = judged[event.place]
        level = level_of(
            "shown", verdict.verdict, verdict.p, known_outcome=event.outcome == "success", covered=True
        )
        for record_type, record in _changed(event, rules) if level is not None else ():
            changes.append(Change(record_type, record, level or "ceiling", event.outcome == "success"))
    return changes


def _changed(event: Event, rules: list[Rule]) -> set[tuple[str, str]]:
    """The records that the event names itself, else those that its object names under some rule."""
    record = event.text("record")
    if record is not None:
        return {(event.text("record_type") or "", record)}
    matches = (match_rule(rule, event) for rule in rules)
    return {named for match in matches if match is not None for named in match.records}


def count_changes(changes: list[Change]) -> tuple[int, int, int]:
    """Distinct records changed, in floor, best and ceiling."""
    return count_levels(((one.record_type, one.record), one.level) for one in changes)


def grade_claims(
    claims: Claims, contradicting: list[Disclosure], changes: list[Change], records: list[Listing]
) -> list[Claim]:
    """`contradicting`: the illegitimate or doubtful disclosures in R, encrypted or not."""
    readable = {one.category for one in contradicting if one.protection != "encrypted"}
    seen = {one.category for one in contradicting}
    found = [Claim(f"no:{category}", category in seen) for category in claims.none]
    for record_type, origins in claims.none_from.items():
        reached = _origins(record_type, contradicting, records)
        found.extend(Claim(f"no_from:{record_type}:{one}", one in reached) for one in origins)
    changed = {one.record_type for one in changes if one.known_outcome}
    found.extend(Claim(f"no_change:{one}", one in changed) for one in claims.no_change)
    found.extend(Claim(f"protected:{category}", category in readable) for category in claims.protected)
    return found


def is_contradicting(disclosure: Disclosure, verdict: Judged) -> bool:
    """In R, and not legitimate; what an unknown outcome may have shown contradicts as well."""
    return verdict.verdict != "legitimate" and disclosure.certainty in REPLAYED


def _origins(record_type: str, disclosures: list[Disclosure], records: list[Listing]) -> set[str | None]:
    disclosed = {one.record for one in disclosures if one.record_type == record_type}
    rows = [row for one in records if one.table.name == record_type for row in one.rows]
    return {row.text("origin") for row in rows if row.text("record") in disclosed}


def count_share(case: Case, share: Share, counted: list[Counted], records: list[Listing]) -> CountedShare:
    kind, _, record_type = share.unit.partition(":")
    listings = [one for one in records if one.table.name == record_type]
    if kind != "records" or not listings:
        raise CannotRecount(f"the recount does not count a share of {share.unit!r}")
    within = set()
    for row in listings[0].rows:
        at = registry_instant(row.ours.get(share.by), case.zone)
        if at is not None and share.period.has(at):
            within.add(row.text("record"))
    reached = records_up_to(counted, record_type, "best") & within
    total = len(within)
    return CountedShare(share.unit, len(reached), total, len(reached) / total if total else None)
