# SPDX-License-Identifier: Apache-2.0
"""The report as its readers need it: `report.json`, typed, with every part optional.

A part that is missing leaves its section out; a part of the wrong type is refused. What stands here
beyond the contract (title, zone, timeline, reasons, parts of the ceiling…) is said in its docstring.
This only reads: no figure is computed here that people would take for a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import _

DEFAULT_ZONE: Final = "Europe/Paris"

Said = str | dict[str, Any]
"""A sentence: text, or `{"fr", "en"}`, or `{"code", "values"}` that the phrases know."""


class Count(msgspec.Struct, frozen=True):
    """Distinct things: floor ≤ best ≤ ceiling."""

    floor: int = 0
    best: int = 0
    ceiling: int | None = None
    """Null when something that could not be resolved has no bound."""
    ceiling_reason: Said | None = None
    ceiling_parts: dict[str, int] = {}
    """Beyond the contract: `named`, `unresolved`, `set_aside`, `gaps`; they add up to the ceiling."""


class Span(msgspec.Struct, frozen=True, rename={"since": "from"}):
    """A half-open period; a missing bound is open."""

    since: datetime | None = None
    until: datetime | None = None


class Gap(Span, frozen=True, rename={"since": "from"}):
    """A hole in a source."""

    bound: int | None = None


class Source(msgspec.Struct, frozen=True):
    """The accounting of one source."""

    source: str
    files: int = 0
    records: int = 0
    events: int = 0
    set_aside: int = 0
    non_events: int = 0
    reasons: dict[str, int] = {}
    """Of the non-events."""
    set_aside_reasons: dict[str, int] = {}
    """Beyond the contract."""
    custody: str | None = None
    """Beyond the contract: outside, same-host, attacker-reachable."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    gaps: list[Gap] = []

    @property
    def adds_up(self) -> bool:
        """Records = events + set aside + non-events, and the reasons add up to the last."""
        reasons = not self.reasons or sum(self.reasons.values()) == self.non_events
        return self.records == self.events + self.set_aside + self.non_events and reasons


class Account(msgspec.Struct, frozen=True):
    """An account, as ranked and judged."""

    account: str
    rank: int | None = None
    p: float | None = None
    verdict: str | None = None
    origin: str | None = None
    """Beyond the contract: decided, answer, known, proposed."""
    sessions: int | None = None
    events: int | None = None
    persons: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    reasons: list[Said] = []


class Member(msgspec.Struct, frozen=True):
    """An account of a campaign."""

    account: str
    decided: bool = False
    sessions: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class Place(msgspec.Struct, frozen=True):
    """A device, address or client that joins accounts of a campaign."""

    kind: str
    name: str
    accounts: int = 0
    outsiders: int = 0
    rarity: float | None = None
    sessions: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class Campaign(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: accounts that one thief holds."""

    campaign: int = 0
    accounts: int = 0
    places: int = 0
    undecided: int = 0
    members: list[Member] = []
    joined_by: list[Place] = []


class Hands(msgspec.Struct, frozen=True):
    """Sessions or persons by class."""

    confirmed: int = 0
    likely: int = 0
    possible: int = 0
    excluded: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.likely + self.possible + self.excluded


class SplitAccount(msgspec.Struct, frozen=True):
    """One account that owner and thief may have shared."""

    account: str
    sessions: Hands = Hands()
    hard_facts: int = 0
    persons: int = 0
    """Seen in sessions that are not excluded."""
    first_at: datetime | None = None
    last_at: datetime | None = None


class Answers(msgspec.Struct, frozen=True):
    """Sessions whose owners were asked "was this you?"."""

    sessions: int = 0
    open: int = 0
    settled: int = 0
    heard: int = 0
    contradicted: int = 0


class Cut(msgspec.Struct, frozen=True):
    """A decision to keep persons under a probability off the notices."""

    threshold: float
    why: str = ""
    entry: int = 0
    """Of the journal."""
    persons: int = 0


class Split(msgspec.Struct, frozen=True):
    """Beyond the contract: whose each session is."""

    accounts_total: int = 0
    sessions: Hands = Hands()
    persons: Hands = Hands()
    cut: Cut | None = None
    answers: Answers = Answers()
    accounts: list[SplitAccount] = []


class Uncovered(msgspec.Struct, frozen=True):
    """Accesses in scope that no rule of the catalogue covers."""

    events: int = 0
    share: float = 0.0


class Scope(msgspec.Struct, frozen=True):
    """Where each event in scope went."""

    events: int = 0
    acts: int | None = None
    """Beyond the contract: what several logs, or several attempts, tell of is one act."""
    disclosed: int = 0
    nothing_shown: int = 0
    unresolved: int = 0
    set_aside: int | None = None
    uncovered: Uncovered = Uncovered()

    @property
    def adds_up(self) -> bool:
        """In scope = disclosed + nothing shown + unresolved."""
        return self.events == self.disclosed + self.nothing_shown + self.unresolved


class WitnessPair(msgspec.Struct, frozen=True):
    """Two sources and the acts that both tell of."""

    source: str
    other: str
    acts: int = 0
    by_request: int = 0
    by_time: int = 0
    contradicted: int = 0


class UnjoinedEvents(msgspec.Struct, frozen=True):
    """Events in scope that another source may tell of too, joined to nothing."""

    reason: str
    source: str
    events: int = 0


class Witnesses(msgspec.Struct, frozen=True):
    """Beyond the contract: acts in scope that several logs tell of."""

    acts: int = 0
    settled: int = 0
    contradicted: int = 0
    out_of_scope: int = 0
    pairs: list[WitnessPair] = []
    unjoined: list[UnjoinedEvents] = []


class Skew(msgspec.Struct, frozen=True):
    """How far the other source's times are later than the one's, in microseconds."""

    source: str
    other: str
    way: str = "request"
    pairs: int = 0
    median_us: int = 0
    p05_us: int = 0
    p95_us: int = 0
    days: int = 0
    least_day_us: int = 0
    most_day_us: int = 0


class FileTimes(msgspec.Struct, frozen=True):
    """Whether a file's times go on as its lines do."""

    source: str
    file: str | None = None
    steps_back: int = 0
    largest_us: int | None = None
    largest_line: int | None = None
    late: int = 0
    told_apart: int = 0
    hour_twice: int = 0
    no_such_time: int = 0


class Clocks(msgspec.Struct, frozen=True):
    """Beyond the contract: what the logs tell of one another's clocks."""

    skews: list[Skew] = []
    files: list[FileTimes] = []


class Finding(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: what a test of completeness found in a source."""

    source: str = ""
    node: str | None = None
    test: str = ""
    is_hole: bool = False
    in_all: int = 1
    text: Said = ""


class Outage(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a stretch in which those who usually work with a source could not."""

    source: str = ""
    hours: float | None = None
    hours_lost: int = 0
    refused: int = 0
    accounts: int = 0
    addresses: int = 0


class Availability(msgspec.Struct, frozen=True):
    """Beyond the contract: who could not work, and how long."""

    outages: list[Outage] = []


class Unresolved(msgspec.Struct, frozen=True):
    """Beyond the contract: the unresolved events of one reason."""

    reason: str
    events: int = 0
    bound: int | None = None
    """Sum of their bounds; null when one of them has none."""


class CategoryCount(msgspec.Struct, frozen=True):
    """What was shown of one category."""

    persons: Count = Count()
    first_at: datetime | None = None
    last_at: datetime | None = None
    data_from: str | None = None
    data_until: str | None = None
    protection: list[str] = []


class Declared(msgspec.Struct, frozen=True):
    """The figure to declare."""

    value: int | None = None
    certainty: str = ""
    basis: str = ""


class Share(msgspec.Struct, frozen=True):
    """How much of a total was shown."""

    unit: str
    count: int = 0
    total: int = 0
    share: float | None = None


class GradedPeriod(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a claim's grade over a part of the window."""

    grade: str = ""


class Step(msgspec.Struct, frozen=True):
    """Beyond the contract: one premise of a claim."""

    premise: str
    holds: bool | None = None
    """Null: told, and grades nothing."""
    evidence: list[Said] = []


class Claim(msgspec.Struct, frozen=True):
    """A negative statement and what it is worth."""

    id: str
    grade: str = ""
    text: Said | None = None
    """Beyond the contract; else composed from the id."""
    hypotheses: list[Said] = []
    basis: list[Said] = []
    exceptions: list[Any] | int = []
    """The exceptions, or how many."""
    exceptions_count: int | None = None
    """Beyond the contract: how many, when only some are listed."""
    periods: list[GradedPeriod] = []
    derivation: list[Step] = []
    """Beyond the contract: how the grade was reached."""

    @property
    def exception_count(self) -> int:
        """How many accesses or changes contradict it."""
        if self.exceptions_count is not None:
            return self.exceptions_count
        return self.exceptions if isinstance(self.exceptions, int) else len(self.exceptions)


class Controller(msgspec.Struct, frozen=True):
    """One of them, and the distinct persons it must answer to."""

    id: str | None = None
    controller: str | None = None
    """The same as `id`."""
    name: str | None = None
    persons: int | Count | None = None


class Controllers(msgspec.Struct, frozen=True):
    """Those responsible for the data."""

    count: int = 0
    largest: list[str | Controller] = []


class Bucket(msgspec.Struct, frozen=True):
    """Beyond the contract: one hour or day of the timeline."""

    at: datetime
    events: int = 0
    persons: int = 0
    new_persons: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """Persons whose data were shown in encrypted form only."""

    persons: int = 0


class Figure(msgspec.Struct, frozen=True):
    """Where a number comes from."""

    value: Any = None
    query: str | None = None
    inputs: str | None = None


class Secrecy(msgspec.Struct, frozen=True):
    """Beyond the contract: whether identities are readable only with the case's key."""

    sealed: bool = False


class PastError(msgspec.Struct, frozen=True):
    """How wrong a rebuilt past is, where copies were held out: rows."""

    copies: int = 0
    compared: int = 0
    wrong: int = 0
    known: int = 0
    known_wrong: int = 0
    missing: int = 0
    extra: int = 0
    share: float = 0.0


class History(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a registry or table of records whose past was rebuilt."""

    of: str = ""
    persons: int = 0
    error: PastError | None = None


class Report(msgspec.Struct, frozen=True):
    """`report.json`, and what the page needs beside it."""

    case: str = ""
    title: str | None = None
    """Beyond the contract: the title of case.toml."""
    zone: str = DEFAULT_ZONE
    """Beyond the contract: IANA name, for people's eyes."""
    period: Span | None = None
    accounting: list[Source] = []
    accounts: list[Account] = []
    accounts_total: int | None = None
    """Beyond the contract: how many there are, when only the first are listed."""
    campaigns: list[Campaign] = []
    split: Split = Split()
    scope: Scope | None = None
    witnesses: Witnesses = Witnesses()
    clocks: Clocks = Clocks()
    coverage: list[Finding] = []
    availability: Availability = Availability()
    histories: list[History] = []
    unresolved: list[Unresolved] = []
    nothing_shown: dict[str, int] = {}
    """Beyond the contract: events in scope that showed nothing, by reason."""
    counts: dict[str, Count] = {}
    certainties: dict[str, int] = {}
    """Beyond the contract: distinct persons by the strongest certainty of their exposure."""
    not_in_registry: int | None = None
    test_identities: int | None = None
    false_keys: int | None = None
    unreadable: Unreadable | None = None
    categories: dict[str, CategoryCount] = {}
    declared: dict[str, Declared] = {}
    shares: list[Share] = []
    claims: list[Claim] = []
    modifications: dict[str, Count] = {}
    controllers: Controllers | None = None
    timeline: list[Bucket] = []
    open_questions: list[Said] = []
    what_would_change: list[Said] = []
    """Beyond the contract: what, if it came to be known, would move the figures."""
    secrecy: Secrecy = Secrecy()
    figures: dict[str, Figure] = {}
    run: dict[str, Any] = {}


def read_report(report: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> Report:
    """The parsed `report.json` with what the page needs beside it; `extra` adds or overrides top keys.

    Raises `InputError` when a part has the wrong type, or the zone does not exist.
    """
    try:
        read = msgspec.convert({**report, **(extra or {})}, Report)
        ZoneInfo(read.zone)
    except msgspec.ValidationError as wrong:
        raise InputError(
            _("this report cannot be read: {wrong}"),
            do=_("Write it again with tocsin run."),
            wrong=str(wrong),
        ) from None
    except (KeyError, OSError, ValueError):  # a zone that does not exist is a KeyError
        raise InputError(
            _("the report's zone is not known"), do=_("Set [case] zone to an IANA name.")
        ) from None
    return read
