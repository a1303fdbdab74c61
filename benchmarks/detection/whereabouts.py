# SPDX-License-Identifier: Apache-2.0
"""Gives a made platform's addresses a place, and a register of ranges that is wrong as often as registers are.

Its honest people work at a practice, at home in the evening or on days of teleconsultation, at a second practice, on
journeys, behind a carrier's ways out in another town, a VPN or a hospital's remote desktop; some leave their account
with a secretary while they are away. Its thieves come from abroad, from lines of other towns, from known VPNs, or from
the owner's own town. Nothing else of the platform changes, and no draw of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.detection.platform import DAY, START, Numbers, Platform
from benchmarks.detection.towns import GATEWAYS, HOME, PARIS, TOWNS, distances

CARRIER, FOREIGN = 8_000_000, 9_000_000
"""From where on a made platform's own addresses are a carrier's, and a thief's."""

RANGE: Final = 256
PROVIDERS, SPANS = 3, 4
"""Of every town, and ranges of each."""

LINES: Final = len(TOWNS) * PROVIDERS * SPANS
MOBILE, VPN, DESKTOP = LINES, LINES + len(GATEWAYS), LINES + len(GATEWAYS) + 12
"""Where ranges of carriers, of VPNs and of remote desktops begin."""

RANGES: Final = DESKTOP + 1000
GAP: Final = 1_800_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """How often honest people move, and how often a register is wrong."""

    works_at_home: float = 0.35
    has_second_practice: float = 0.1
    travels: float = 0.2
    leaves_account: float = 0.02
    """Of all accounts: a secretary goes on in the doctor's, who reads from elsewhere."""

    has_vpn: float = 0.04
    desktops: float = 0.05
    """Organisations whose people also come by a remote desktop in another town."""

    wrong_range: float = 0.15
    """Ranges of lines told in another town: in six of ten, the capital."""

    untold: float = 0.3
    """Ranges of carriers, VPNs and remote desktops that the register holds to be lines like others."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A platform whose addresses lie somewhere, what a register says of it, and the truth."""

    platform: Platform
    ranges: pa.Table
    habits: dict[str, set[str]] = field(default_factory=dict)
    """What each honest account does that may look like two hands."""

    thieves: dict[str, str] = field(default_factory=dict)
    """Where each stolen account is read from: abroad, far, vpn or near."""


SETTINGS: Final = """
[[places]]
name = "register"
paths = ["ranges.csv"]
[places.columns]
first = "first"
last = "last"
latitude = "latitude"
longitude = "longitude"
radius_km = "radius"
kind = "kind"
place = "city"
"""


@dataclass(slots=True)
class _Scene:
    rng: np.random.Generator
    rates: Rates
    account: Numbers
    number: Numbers
    """The platform's own address."""

    at: Numbers
    town: Numbers
    """Of every organisation."""

    home: Numbers
    """Organisation of every account."""

    traits: dict[str, Numbers]
    range: Numbers
    """Found: of every event."""

    host: Numbers
    kinds: dict[str, set[str]]

    @property
    def day(self) -> Numbers:
        return self.at // DAY

    @property
    def hour(self) -> Numbers:
        return self.at % DAY // 3_600_000_000


def place(platform: Platform, seed: int, rates: Rates | None = None) -> Placed:
    """The same platform, its addresses at places."""
    rng = np.random.default_rng([seed, 2])
    scene = _scene(platform, rng, rates or Rates())
    sitting = _sittings(scene)
    for step in (_work_at_home, _work_at_second, _use_desktop, _travel, _use_vpn, _use_carrier):
        step(scene, sitting)
    thieves = _steal(scene, platform)
    address = 20 * 2**24 + scene.range * RANGE + 1 + scene.host % 250
    texts = pa.array([_text(int(a)) for a in address])
    events = platform.events.set_column(platform.events.column_names.index("address"), "address", texts)
    honest = {name: found for name, found in scene.kinds.items() if name not in platform.thefts}
    return Placed(replace(platform, events=events), _register(rng, scene.rates), honest, thieves)


def _scene(platform: Platform, rng: np.random.Generator, rates: Rates) -> _Scene:
    events, accounts = platform.events, platform.accounts
    account = _numbers(events["account"], 3)
    parts = [
        pc.cast(pc.list_element(pc.split_pattern(events["address"], "."), n), pa.int64()) for n in (1, 2, 3)
    ]
    number = sum(np.asarray(part) * 256 ** (2 - n) for n, part in enumerate(parts))
    at = np.asarray(pc.cast(events["occurred_at"], pa.int64())) - int(START.timestamp()) * 1_000_000
    home = _numbers(accounts["organisation"], 1)
    people = len(home)
    town = rng.integers(0, len(HOME), int(home.max()) + 1)
    chances = {
        name: getattr(rates, name)
        for name in Rates.__slots__
        if name not in ("wrong_range", "untold", "desktops")
    }
    traits = {name: rng.random(people) < chance for name, chance in chances.items()}
    traits["desktops"] = (rng.random(len(town)) < rates.desktops)[home]
    own = town[home[account]] * PROVIDERS * SPANS + home[account] % (PROVIDERS * SPANS)
    return _Scene(
        rng, rates, account, np.asarray(number), at, town, home, traits, own, home[account].copy(), {}
    )


def _numbers(texts: pa.ChunkedArray, begin: int) -> Numbers:
    return np.asarray(pc.cast(pc.utf8_slice_codeunits(texts, begin), pa.int64()))


def _text(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _sittings(scene: _Scene) -> Numbers:
    """A number for all that one account did at one of the platform's addresses without a pause."""
    order = np.lexsort((scene.at, scene.number, scene.account))
    breaks = np.diff(scene.account[order], prepend=-1) != 0
    breaks |= np.diff(scene.number[order], prepend=-1) != 0
    breaks |= np.diff(scene.at[order], prepend=0) > GAP
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(breaks) - 1
    return found


def _luck(scene: _Scene, group: Numbers) -> np.ndarray:
    """One draw a group, for each of its events."""
    return scene.rng.random(int(group.max()) + 1)[group]


def _day_of(scene: _Scene) -> Numbers:
    return scene.account * 1000 + scene.day


def _own(scene: _Scene) -> np.ndarray:
    """Events at the platform's own lines: neither a carrier's nor a thief's."""
    return scene.number < CARRIER


def _move(scene: _Scene, chosen: np.ndarray, spans: Numbers, hosts: Numbers, habit: str) -> None:
    scene.range = np.where(chosen, spans, scene.range)
    scene.host = np.where(chosen, hosts, scene.host)
    for account in np.unique(scene.account[chosen]):
        scene.kinds.setdefault(f"pro{account:05d}", set()).add(habit)


def _lines(town: Numbers, salt: Numbers) -> Numbers:
    return town * PROVIDERS * SPANS + salt % (PROVIDERS * SPANS)


def _work_at_home(scene: _Scene, sitting: Numbers) -> None:
    """Evenings, and whole days of teleconsultation; every second provider gives another address now and then."""
    is_remote_day = _luck(scene, _day_of(scene)) < 0.1
    is_evening = (scene.hour >= 18) & (_luck(scene, sitting) < 0.5)
    chosen = scene.traits["works_at_home"][scene.account] & _own(scene) & (is_remote_day | is_evening)
    turn = np.where(scene.account % 2, scene.day // 20, 0)
    salt = scene.account * 7 + turn
    _move(scene, chosen, _lines(scene.town[scene.home[scene.account]], salt), scene.account + turn, "home")


def _work_at_second(scene: _Scene, _sitting: Numbers) -> None:
    """One day a week, in the afternoon, within an hour or two by road."""
    near = distances()[: len(HOME), : len(HOME)] + 1000 * np.eye(len(HOME))
    second = near.argmin(axis=1)[scene.town[scene.home]]
    is_there = (scene.day % 7 == scene.account % 5) & (scene.hour >= 13)
    chosen = scene.traits["has_second_practice"][scene.account] & _own(scene) & is_there
    _move(scene, chosen, _lines(second[scene.account], scene.account), scene.account, "second practice")


def _use_desktop(scene: _Scene, sitting: Numbers) -> None:
    """The way out of a data centre, in another town than the people who leave by it."""
    chosen = scene.traits["desktops"][scene.account] & _own(scene) & (_luck(scene, sitting) < 0.25)
    organisation = scene.home[scene.account]
    _move(scene, chosen, DESKTOP + organisation % 1000, organisation, "remote desktop")


def _travel(scene: _Scene, sitting: Numbers) -> None:
    """Some days elsewhere, there and back overnight; those who left their account with somebody read beside them."""
    people, last = len(scene.home), int(scene.day.max()) + 1
    first, days = scene.rng.integers(0, last, people), scene.rng.integers(1, 5, people)
    town = scene.rng.integers(0, len(TOWNS), people)
    begun = first[scene.account]
    is_away = (scene.day >= begun) & (scene.day < begun + days[scene.account])
    leaves = scene.traits["leaves_account"][scene.account]
    is_theirs = ~leaves | (_luck(scene, sitting) < 0.6)
    chosen = (scene.traits["travels"][scene.account] | leaves) & _own(scene) & is_away & is_theirs
    _move(scene, chosen, _lines(town[scene.account], scene.account), scene.account, "journey")
    for account in np.unique(scene.account[chosen & leaves]):
        scene.kinds[f"pro{account:05d}"].add("account left with somebody")


def _use_vpn(scene: _Scene, sitting: Numbers) -> None:
    luck = _luck(scene, sitting)
    chosen = scene.traits["has_vpn"][scene.account] & _own(scene) & (luck < 0.3)
    _move(scene, chosen, VPN + sitting % 12, sitting, "vpn")


def _use_carrier(scene: _Scene, sitting: Numbers) -> None:
    """Any of the carrier's ways out, wherever somebody is."""
    chosen = (scene.number >= CARRIER) & (scene.number < FOREIGN)
    _move(scene, chosen, MOBILE + sitting % len(GATEWAYS), scene.number, "carrier")


def _steal(scene: _Scene, platform: Platform) -> dict[str, str]:
    found = {}
    for turn, name in enumerate(platform.thefts):
        account = int(name[3:])
        own = int(scene.town[scene.home[account]])
        chosen = (scene.account == account) & (scene.number >= FOREIGN)
        kind = ("abroad", "far", "vpn", "near", "far")[turn % 5]
        exits = scene.number % 7
        far = np.array([town for town in range(len(HOME)) if distances()[own, town] > 300])
        towns = {
            "abroad": np.full(7, scene.rng.integers(len(HOME), len(TOWNS))),
            "far": scene.rng.choice(far, 7),
            "near": np.full(7, own),
            "vpn": np.zeros(7, np.int64),
        }[kind]
        spans = VPN + exits % 12 if kind == "vpn" else _lines(towns[exits], exits + turn)
        _move(scene, chosen, spans, scene.number, "thief")
        found[name] = kind
    return found


def _register(rng: np.random.Generator, rates: Rates) -> pa.Table:
    """What a register says of every range; radii are told as registers tell them."""
    numbers = np.arange(RANGES)
    town = numbers // (PROVIDERS * SPANS)
    told = np.where(
        rng.random(RANGES) < rates.wrong_range,
        np.where(rng.random(RANGES) < 0.6, PARIS, rng.integers(0, len(HOME), RANGES)),
        np.minimum(town, len(TOWNS) - 1),
    )
    told[MOBILE:VPN] = GATEWAYS
    told[VPN:DESKTOP] = rng.integers(0, len(TOWNS), DESKTOP - VPN)
    told[DESKTOP:] = rng.integers(0, 2, RANGES - DESKTOP)
    kinds = np.full(RANGES, "fixed", "U6")
    for first, end, kind in ((MOBILE, VPN, "mobile"), (VPN, DESKTOP, "vpn"), (DESKTOP, RANGES, "shared")):
        kinds[first:end] = np.where(rng.random(end - first) < rates.untold, "fixed", kind)
    base = 20 * 2**24 + numbers * RANGE
    return pa.table(
        {
            "first": base,
            "last": base + RANGE - 1,
            "latitude": [TOWNS[n][1] for n in told],
            "longitude": [TOWNS[n][2] for n in told],
            "radius": rng.choice([10, 20, 50, 100], RANGES),
            "kind": kinds,
            "city": [TOWNS[n][0] for n in told],
        }
    )
