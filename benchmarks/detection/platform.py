# SPDX-License-Identifier: Apache-2.0
"""A made platform: professionals at work with their patients, leave, nights, shared machines, bulk days, migrations
of data that were declared, thieves.

Every number comes from the seed. Nothing in it is a real person, place or number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.detection.roles import ROLES
from benchmarks.detection.thieves import Theft, plan_thefts

START = datetime(2025, 1, 6, tzinfo=UTC)
DAY = 86_400_000_000
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a platform is, and how hard."""

    accounts: int = 1000
    days: int = 60
    thieves: int = 10
    hard: bool = False
    campaigns: int = 0
    """Thieves share the devices and proxy exits of so many campaigns; 0: each has its own."""

    scattered: bool = False
    """Four in ten persons of a panel live anywhere, and half of the honest bulk work only reads, on a new machine."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Bulk work that was declared beforehand."""

    account: str
    first_day: int
    last_day: int


@dataclass(slots=True)
class Platform:
    """What the logs and registers say, and the truth beside it."""

    events: pa.Table
    accounts: pa.Table
    relations: pa.Table
    """All of them; `presence` in [0, 1) says in which order they go missing, not at random."""

    thefts: dict[str, Theft]
    campaign: dict[str, int] = field(default_factory=dict)
    """Of each stolen account, where infrastructure is shared."""

    operations: list[Operation] = field(default_factory=list)


@dataclass(slots=True)
class _World:
    rng: np.random.Generator
    beside: np.random.Generator
    """For what was thought of later: what a seed gave before stays as it was."""

    size: Size
    role: Numbers
    organisation: Numbers
    panel: Numbers
    panel_size: Numbers
    persons: int
    away: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    """Accounts × days: on leave, or not there yet."""


@dataclass(slots=True)
class _Rows:
    """Views as columns: account, day, minute of the session's start, place in it, person, machine, address."""

    account: Numbers
    start: Numbers
    person: Numbers
    device: Numbers
    address: Numbers
    kind: Numbers
    """0 read, 1 write, 2 search."""

    items: Numbers


def make_platform(seed: int, size: Size) -> Platform:
    """A platform of that size."""
    rng = np.random.default_rng(seed)
    world = _world(rng, np.random.default_rng([seed, 1]), size)
    parts = [_ordinary(world), _bulk(world)]
    thefts = plan_thefts(rng, size.thieves, size.days, hard=size.hard)
    chosen = rng.choice(np.flatnonzero(world.role < 4), size.thieves, replace=False)
    by_account = {int(account): theft for account, theft in zip(chosen, thefts, strict=True)}
    parts += [_stolen(world, account, theft) for account, theft in by_account.items()]
    campaign = (
        {account: turn % size.campaigns for turn, account in enumerate(by_account)} if size.campaigns else {}
    )
    for rows, account in zip(parts[2:], campaign, strict=bool(campaign)):
        _share(rng, rows, campaign[account])
    if campaign:
        _subscribe(rng, world, parts[0], size.campaigns)
    migrations, operations = _migrations(world)
    parts.append(migrations)
    rows = _Rows(*(np.concatenate([getattr(p, name) for p in parts]) for name in _Rows.__slots__))
    return Platform(
        _events(rows, rng),
        _directory(world),
        _relations(world),
        {_login(account): theft for account, theft in by_account.items()},
        {_login(account): number for account, number in campaign.items()},
        operations,
    )


def _world(rng: np.random.Generator, beside: np.random.Generator, size: Size) -> _World:
    n = size.accounts
    role = rng.choice(len(ROLES), n, p=[r.share for r in ROLES]).astype(np.int64)
    organisation = rng.integers(0, max(n // 6, 1), n)
    persons = n * 180
    widest = max(r.panel for r in ROLES)
    home = organisation * 6 * 180
    near = (home[:, None] + rng.integers(0, 3000, (n, widest))) % persons
    anywhere = rng.integers(0, persons, (n, widest))
    scramble = rng.permutation(persons)
    panel = scramble[np.where(rng.random((n, widest)) < (0.6 if size.scattered else 0.9), near, anywhere)]
    panel_size = np.array([r.panel for r in ROLES])[role]
    return _World(rng, beside, size, role, organisation, panel, panel_size, persons)


def _ordinary(world: _World) -> _Rows:
    """Ordinary work: some days a week, leave, joiners, one to four sessions a day."""
    rng, size = world.rng, world.size
    n, days = size.accounts, size.days
    works = rng.random((n, days)) < np.where(np.arange(days) % 7 < 5, 0.8, 0.1)
    leave = rng.integers(0, days, n)[:, None]
    on_leave = (np.arange(days) >= leave) & (np.arange(days) < leave + rng.integers(0, 15, (n, 1)))
    joined = np.where(rng.random(n) < 0.05, rng.integers(0, days, n), 0)
    world.away = on_leave | (np.arange(days) < joined[:, None])
    account, day = np.nonzero(works & ~world.away)
    mean = np.array([r.persons_a_day for r in ROLES])[world.role] * rng.lognormal(0, 0.4, n)
    views = rng.negative_binomial(3, 3 / (3 + mean[account])) + 1
    account, day = np.repeat(account, views), np.repeat(day, views)
    turn = rng.integers(0, 1 + rng.integers(1, 4, len(account)))
    late = rng.random(world.size.accounts)[account] < 0.4
    start = day * 1440 + 450 + turn * np.where(late, 200, 130) + (account * 37 + day * 11) % 120
    start += 720 * _is_night(world)[account, day]
    return _rows(world, account, start, _panel_persons(world, account, day))


NIGHTS = 14
"""Days in a row."""


def _is_night(world: _World) -> NDArray[np.bool_]:
    """Accounts × days: by turns some work nights, who otherwise never do."""
    n, days = world.size.accounts, world.size.days
    has = world.beside.random(n) < np.array([r.nights for r in ROLES])[world.role]
    first = world.beside.integers(0, days, n)[:, None]
    found: NDArray[np.bool_] = has[:, None] & (np.arange(days) >= first) & (np.arange(days) < first + NIGHTS)
    return found


def _panel_persons(world: _World, account: Numbers, day: Numbers) -> Numbers:
    """Mostly the account's own panel, which changes as weeks go by; sometimes anybody."""
    rng = world.rng
    moved = 0.6 * rng.random(len(account)) ** 1.3 + 0.4 * day / world.size.days
    place = (moved * world.panel_size[account]).astype(np.int64)
    own = world.panel[account, place]
    stray = rng.random(len(account)) < np.where(world.role[account] == 5, 0.5, 0.015)
    return np.where(stray, rng.integers(0, world.persons, len(account)), own)


def _bulk(world: _World) -> _Rows:
    """Honest and never declared: vaccination days, locums with another's patients, small favours for colleagues."""
    rng, size = world.rng, world.size
    large = max(int(size.accounts * size.days * 0.0015), 1)
    number = large + int(size.accounts * size.days * 0.02)
    account, day = rng.integers(0, size.accounts, number), rng.integers(0, size.days, number)
    views = np.where(np.arange(number) < large, rng.integers(30, 150, number), rng.integers(4, 16, number))
    account, day = np.repeat(account, views), np.repeat(day, views)
    other = rng.integers(0, size.accounts, number).repeat(views)
    is_locum = (account % 2) == 0
    persons = np.where(
        is_locum, _panel_persons(world, other, day), rng.integers(0, world.persons, len(account))
    )
    rows = _rows(world, account, day * 1440 + 540, persons)
    is_odd = size.scattered & ((account * 31 + day) % 2 == 0)
    rows.device = np.where(is_odd, 60_000_000 + account * 60 + day % 60, rows.device)
    rows.kind = np.where(is_odd, 0, rows.kind)
    is_there = ~world.away[account, day]
    return _Rows(*(getattr(rows, name)[is_there] for name in _Rows.__slots__))


MIGRATED = 3000
"""Persons whom a migration goes through, in the order of their numbers, in two evenings."""


def _migrations(world: _World) -> tuple[_Rows, list[Operation]]:
    """One for a thousand accounts, by those who do such work; declared, as they are where people know of them."""
    rng, size = world.beside, world.size
    able = np.flatnonzero(world.role >= 4)
    chosen = rng.choice(able, min(max(size.accounts // 1000, 1), len(able)), replace=False)
    first = rng.integers(0, max(size.days - 1, 1), len(chosen))
    account, place = np.repeat(chosen, MIGRATED), np.tile(np.arange(MIGRATED), len(chosen))
    day = np.repeat(first, MIGRATED) + (place >= MIGRATED // 2)
    person = np.repeat(rng.integers(0, world.persons - MIGRATED, len(chosen)), MIGRATED) + place
    start = day * 1440 + 1200 + place % (MIGRATED // 2) // 900 * 30
    rows = _rows(replace(world, rng=rng), account, start, person)
    rows.kind[:] = 0
    return rows, [Operation(_login(int(a)), int(d), int(d) + 1) for a, d in zip(chosen, first, strict=True)]


def _stolen(world: _World, account: int, theft: Theft) -> _Rows:
    """The thief's sessions in one account."""
    rng = world.rng
    day = np.repeat(theft.days, theft.persons_a_day)
    owner = np.full(len(day), account)
    if theft.kind == "sequential":
        first = int(rng.integers(0, world.persons - len(day)))
        persons = first + np.arange(len(day))
    else:
        persons = rng.integers(0, world.persons, len(day))
    own = rng.random(len(day)) < theft.owners_share
    persons = np.where(own, _panel_persons(world, owner, day), persons)
    rows = _rows(world, owner, day * 1440 + rng.integers(450, 1200, world.size.days)[day], persons)
    foreign = np.isin(day, theft.days[rng.random(len(theft.days)) >= theft.own_device])
    rows.device = np.where(foreign, 90_000_000 + account * 50 + theft.gear, rows.device)
    rows.address = np.where(foreign, 9_000_000 + account * 100 + day % 7, rows.address)
    rows.kind[:] = 0
    if theft.kind == "search":
        searches = np.arange(len(day)) % 8 == 0
        rows.kind, rows.items = np.where(searches, 2, 0), np.where(searches, 40, 0)
    return rows


EXITS = 20
"""Proxy exits of a campaign; one in ten is also a real subscriber's line."""


def _share(rng: np.random.Generator, rows: _Rows, campaign: int) -> None:
    """The thief's own machine and address become one of the campaign's two machines, and any of its exits."""
    foreign = rows.device >= 90_000_000
    machine = 95_000_000 + campaign * 10 + int(rng.integers(0, 2))
    rows.device = np.where(foreign, machine, rows.device)
    day = rows.start // 1440
    exits = rng.integers(0, EXITS, int(day.max()) + 1)
    rows.address = np.where(foreign, 9_900_000 + campaign * EXITS + exits[day], rows.address)


def _subscribe(rng: np.random.Generator, world: _World, rows: _Rows, campaigns: int) -> None:
    """Honest professionals who work from home, on lines that the thief goes through too."""
    for campaign in range(campaigns):
        for line in range(EXITS // 10):
            account = int(rng.integers(0, world.size.accounts))
            at_home = (rows.account == account) & (rows.start % 4 == 0)
            rows.address = np.where(at_home, 9_900_000 + campaign * EXITS + line, rows.address)


def _rows(world: _World, account: Numbers, start: Numbers, person: Numbers) -> _Rows:
    """Machines, addresses and acts of these views, one choice a session."""
    rng = world.rng
    session = account * 1_000_003 + start
    luck = ((session * 2_654_435_761) % 2**31) / 2**31
    again = ((session * 40_503 + 77) % 104_729) / 104_729
    role = world.role[account]
    shared = luck < np.array([r.shared_workstation for r in ROLES])[role]
    machine = np.where(
        shared, 50_000_000 + world.organisation[account] * 10 + session % 4, account * 10 + (again < 0.2)
    )
    private = account % 20 == 7
    device = np.where(private, 70_000_000 + session % 10_000_000, machine)
    mobile = again > 0.9
    address = np.where(mobile, 8_000_000 + session % 400, world.organisation[account])
    writes = again < np.array([r.writes for r in ROLES])[role]
    kind = np.where(writes & (rng.random(len(account)) < 0.25), 1, 0)
    searches = rng.random(len(account)) < 0.05
    kind = np.where(searches, 2, kind)
    items = np.where(searches, rng.geometric(0.12, len(account)), 0)
    return _Rows(account, start, person, device, address, kind, items)


def _events(rows: _Rows, rng: np.random.Generator) -> pa.Table:
    minutes = rows.start * 60_000_000
    # A thief who follows numbers does so in time: the order of rows is the order of acts within a session.
    at = minutes + np.arange(len(minutes)) % 900 * 1_600_000 + rng.integers(0, 1_000_000, len(minutes))
    order = np.lexsort((at, rows.account))
    place = np.arange(len(at))
    base = int(START.timestamp()) * 1_000_000
    instants = pa.array(base + at[order], pa.timestamp("us", tz="UTC"))
    text = ["read", "update", "search"]
    kind = rows.kind[order]
    person = pa.array([f"P{p}" for p in rows.person[order]])
    return pa.table(
        {
            "event_id": place.astype(np.int64),
            "occurred_at": instants,
            "source": pa.array(["platform"] * len(at)),
            "account": pa.array([_login(int(a)) for a in rows.account[order]]),
            "device": pa.array([f"d{d}" for d in rows.device[order]]),
            "address": pa.array([_address(int(a)) for a in rows.address[order]]),
            "action": pa.array([text[k] for k in kind]),
            "person": _masked(person, kind == 2),
            "items": pa.array(rows.items[order]),
            "outcome": pa.array(["success"] * len(at)),
        }
    )


def _masked(persons: pa.Array, hidden: NDArray[np.bool_]) -> pa.Array:
    """A search names nobody."""
    return pa.array([None if h else p for p, h in zip(persons.to_pylist(), hidden, strict=True)], pa.string())


def _directory(world: _World) -> pa.Table:
    return pa.table(
        {
            "account": [_login(a) for a in range(world.size.accounts)],
            "role": [ROLES[r].name for r in world.role],
            "organisation": [f"O{o}" for o in world.organisation],
        }
    )


def _relations(world: _World) -> pa.Table:
    """Panels that relations know; whole organisations go missing before others do."""
    rng = world.rng
    n, widest = world.panel.shape
    in_panel = np.arange(widest) < world.panel_size[:, None]
    rate = np.array([r.known for r in ROLES])[world.role]
    own_rate = rng.beta(12 * rate, 12 * (1 - rate))  # no two practices keep their books alike
    known = in_panel & (rng.random((n, widest)) < own_rate[:, None])
    account, place = np.nonzero(known)
    lacking = rng.random(world.organisation.max() + 1)
    mixed = 0.6 * lacking[world.organisation[account]] + 0.4 * rng.random(len(account))
    presence = np.argsort(np.argsort(mixed)) / max(len(mixed), 1)
    return pa.table(
        {
            "account": [_login(int(a)) for a in account],
            "person": [f"P{p}" for p in world.panel[account, place]],
            "presence": presence,
        }
    )


def _login(account: int) -> str:
    return f"pro{account:05d}"


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
