# SPDX-License-Identifier: Apache-2.0
"""What a first look finds, as plain values: what `--json` prints, and the page and the terminal read.

Instants are UTC; periods half-open. A list that is cut short has its whole length beside it. Fields stand in
the order of the columns of the query that fills them.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts."""


class Totals(Fact, frozen=True, kw_only=True):
    """How much the account did within the period."""

    events: int
    first_at: datetime | None
    last_at: datetime | None
    success: int
    failure: int
    unknown: int
    sign_ins: int
    failed_sign_ins: int
    retries: int
    bytes: int
    days: int
    """Days (UTC) on which it acted."""

    names: list[str] | None
    """The account's names for people, as the logs have them; five at most."""

    professional_ids: list[str] | None
    organisations: list[str] | None


class Distinct(Fact, frozen=True, kw_only=True):
    """How many distinct things were named, by how it went; one thing may have gone several ways."""

    total: int
    success: int
    failure: int
    unknown: int


class NamedDistinct(Fact, frozen=True, kw_only=True):
    """The same, of one kind of record or of one place in a path."""

    name: str
    total: int
    success: int
    failure: int
    unknown: int


class Session(Fact, frozen=True, kw_only=True):
    """As logged, else account × device × address × client with gaps of at most 30 minutes."""

    session: str
    """A hash of source, account and first event; the same as a case of the same files gives."""

    logged_session: str | None
    source: str
    first_at: datetime
    last_at: datetime
    addresses: list[str]
    """50 at most."""

    device: str | None
    client: str | None
    user_agent: str | None
    events: int
    failures: int
    persons: int
    """Distinct local ids that its events name one by one."""

    objects: int
    total: int
    """Sessions in all."""


class Place(Fact, frozen=True, kw_only=True):
    """An address, device, client or agent."""

    kind: str
    value: str
    first_at: datetime
    last_at: datetime
    events: int
    accounts: int
    """Accounts seen there in all, this one included."""

    nameless: int
    """Events seen there under no account."""


class PlaceCount(Fact, frozen=True, kw_only=True):
    """How many of a kind."""

    kind: str
    total: int
    alone: int
    """Those that no other account used."""


class Sibling(Fact, frozen=True, kw_only=True):
    """Another account seen with the same thing."""

    account: str
    kind: str
    value: str
    accounts: int
    """Accounts that share it in all."""

    events: int
    first_at: datetime
    last_at: datetime
    total: int
    total_accounts: int


class Request(Fact, frozen=True, kw_only=True):
    """A kind of request: what varies is `{id}`, of parameters only the names are told."""

    action: str
    template: str
    parameters: str | None
    events: int
    success: int
    failure: int
    distinct_requests: int
    nameless: int
    """Events that name neither a person nor a record."""

    first_at: datetime
    last_at: datetime
    cumulated: int
    others: int
    """Other accounts that send it too."""

    for_99: int
    """Kinds of request that make 99 % of what the account did."""

    total: int


class Outcome(Fact, frozen=True, kw_only=True):
    """Acts of one kind that went one way."""

    action: str
    outcome: str
    status: str | None
    events: int
    first_at: datetime
    last_at: datetime


class Standing(Fact, frozen=True, kw_only=True):
    """Where the account stands among all accounts of the logs."""

    measure: str
    value: int
    standing: int
    """1 for the most; equals share a rank."""

    below: int
    """Accounts with less."""

    accounts: int
    median: int


class Alone(Fact, frozen=True, kw_only=True):
    """What no or nearly no other account ever does."""

    kind: str
    """template, action, hour (of the day, in the zone), address, device, client or user_agent."""

    value: str
    events: int
    others: int
    total: int


class HourOfDay(Fact, frozen=True, kw_only=True):
    """Acts at an hour of the day, in the zone."""

    hour: int
    events: int


class Pace(Fact, frozen=True, kw_only=True):
    """Acts within one column of the picture."""

    at: datetime
    success: int
    failure: int
    unknown: int


class Log(Fact, frozen=True, kw_only=True):
    """One log: a file with its rotations."""

    series: str
    files: int
    first_at: datetime
    last_at: datetime
    events: int
    nameless: int
    """Events under no account."""

    last_act_at: datetime | None
    """Of the account, whatever the period; null when it never acts there."""


class Silence(Fact, frozen=True, kw_only=True):
    """Hours without any record, at a time of day when the log usually has some."""

    series: str
    from_at: datetime
    until_at: datetime
    hours: int
    total: int


class CounterGap(Fact, frozen=True, kw_only=True):
    """Records that the logs' own counters say are missing."""

    source: str
    node: str | None
    kind: str
    from_at: datetime | None
    until_at: datetime | None
    missing: int | None
    total: int


class Covered(Fact, frozen=True, kw_only=True):
    """What the logs hold in all."""

    first_at: datetime | None
    last_at: datetime | None
    events: int
    nameless: int
    accounts: int
    """Accounts that act within the period."""


class Told(Fact, frozen=True, kw_only=True):
    """How many of the account's events tell each kind of thing."""

    with_person: int
    with_record: int
    nameless: int
    with_session: int
    with_address: int
    with_device: int
    with_agent: int
    sign_ins: int
    unknown: int
    set_aside: int
    """Records of the logs that could not be read."""

    own_set_aside: int
    """Those whose account could still be read, and is this one."""


class Unsaid(Fact, frozen=True, kw_only=True):
    """What these logs cannot tell."""

    code: str
    values: dict[str, int] = {}


class AccountLook(Fact, frozen=True, kw_only=True):
    """Everything found of one account."""

    account: str
    totals: Totals
    may_still_act: bool
    """Its last act lies within the last hour of a log."""

    logs: list[Log]
    persons: Distinct
    records: list[NamedDistinct]
    path_ids: list[NamedDistinct]
    requests: list[Request]
    outcomes: list[Outcome]
    sessions: list[Session]
    place_counts: list[PlaceCount]
    places: list[Place]
    siblings: list[Sibling]
    standings: list[Standing]
    alone: list[Alone]
    hours: list[HourOfDay]
    pace_step: int
    """Seconds of a column of `pace`."""

    pace: list[Pace]
    unsaid: list[Unsaid]


class Look(Fact, frozen=True, kw_only=True):
    """The first look at some accounts."""

    zone: str
    since: datetime | None
    until: datetime | None
    covered: Covered
    accounts: list[AccountLook]
    silences: list[Silence]
    gaps: list[CounterGap]
    missing: dict[str, list[str]]
    """Accounts asked for that never act, with the names that come near."""
