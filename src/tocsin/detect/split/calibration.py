# SPDX-License-Identifier: Apache-2.0
"""Probabilities that can be believed: the pattern found is put into clean accounts, where the truth is known.

Each host gets the sessions of one thief, on a machine of the thief's own or on the host's as the thief did,
doubtful ones as often as they are likely the thief's. The split is run on them as on the case, and what it
says there, beside the truth, corrects it here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tocsin.detect.split.posterior import Posterior, split_sessions
from tocsin.detect.split.sessions import Sessions, Whole
from tocsin.detect.split.shapes import Floats

OWN_PLACE: Final = 0.5
"""Places at least as likely the thief's own are."""

LEAST_SHARE: Final = 0.001
"""Sessions less likely than this are given to no host."""

SHARPER: Final = 1.2
"""Power of the odds by which sessions are given: doubtful ones a little less often than they are likely. On
the tuning seeds fewer persons are named wrongly so and none is missed more; a little too little is told."""

LEAST_PATTERN: Final = 10
"""Sessions expected to be thieves'."""

LEAST_HOSTS: Final = 8
MOST_HOSTS: Final = 60
TURN: Final = 0.6180339887
"""Part of a turn between one session and the next: those as likely are not all given to the same hosts."""

HEAVY: Final = 30.0
USUAL: Final = 10.0
"""Sessions weigh by their persons, of whom the classes are told: one of ten is one, beyond thirty no more."""

HOLD: Final = 20.0
"""Sessions' worth of belief that nothing is to be corrected."""

EXTREME: Final = 1e-5


@dataclass(slots=True)
class _Trial:
    sessions: Sessions
    is_thief: np.ndarray[tuple[int], np.dtype[np.bool_]]
    is_host: np.ndarray[tuple[int], np.dtype[np.bool_]]


def calibrate(sessions: Sessions, found: Posterior, answers: Floats) -> Floats:
    """The case's probabilities, corrected; as they are where there is too little to try on."""
    pattern = np.flatnonzero(~sessions.is_clean & (found.p >= LEAST_SHARE) & (answers > -np.inf))
    hosts = _hosts(sessions, pattern)
    if found.p[pattern].sum() < LEAST_PATTERN or len(hosts) < LEAST_HOSTS:
        return found.p
    trial = _inject(sessions, found, pattern, hosts)
    told = split_sessions(trial.sessions, np.zeros(len(trial.sessions))).p
    tried = trial.is_host
    weight = np.minimum(trial.sessions.persons, HEAVY) / USUAL
    slope, shift = _fit(told[tried], trial.is_thief[tried], weight[tried])
    corrected = 1 / (1 + np.exp(-(slope * _logit(found.p) + shift)))
    return np.where(sessions.is_clean, found.p, corrected)


@dataclass(frozen=True, slots=True)
class _Host:
    account: int
    thief: int
    """The account whose thief it is given."""

    turn: int
    """How many were given that thief before it."""


def _hosts(sessions: Sessions, pattern: Whole) -> list[_Host]:
    """Clean accounts, each with a thief of its own profession, by turns.

    Every other clean account is left as it is: it tells what honest bulk work looks like.
    """
    role_of = dict(zip(sessions.account.tolist(), sessions.role.tolist(), strict=True))
    thieves = sorted({int(account) for account in sessions.account[pattern]})
    clean = sorted({int(account) for account in sessions.account[sessions.is_clean]})[::2]
    found: list[_Host] = []
    turns: dict[int, int] = {}
    for host in clean:
        alike = [account for account in thieves if role_of[account] == role_of[host]]
        if alike and len(found) < MOST_HOSTS:
            turn = turns.get(role_of[host], 0)
            found.append(_Host(host, alike[turn % len(alike)], turn // len(alike)))
            turns[role_of[host]] = turn + 1
    return found


def _given(sessions: Sessions, p: Floats, pattern: Whole, host: _Host) -> Whole:
    """Each of a thief's sessions goes to as large a share of the hosts as it is likely, spread over turns."""
    own = pattern[sessions.account[pattern] == host.thief]
    share, first = 1 / (1 + np.exp(-SHARPER * _logit(p[own]))), own * TURN % 1
    given: Whole = own[np.floor((host.turn + 1) * share + first) > np.floor(host.turn * share + first)]
    return given


def _inject(sessions: Sessions, found: Posterior, pattern: Whole, hosts: list[_Host]) -> _Trial:
    clean = np.flatnonzero(sessions.is_clean)
    given = [_given(sessions, found.p, pattern, host) for host in hosts]
    rows = np.concatenate([clean, *given])
    account = np.concatenate(
        [
            sessions.account[clean],
            *(np.full(len(own), host.account) for own, host in zip(given, hosts, strict=True)),
        ]
    )
    copied = {
        field.name: getattr(sessions, field.name)[rows]
        for field in fields(Sessions)
        if isinstance(getattr(sessions, field.name), np.ndarray) and field.name not in _OWN
    }
    is_thief = np.arange(len(rows)) >= len(clean)
    is_host = np.isin(account, [host.account for host in hosts])
    device, address, is_new = _places(sessions, found, clean, given, hosts)
    trial = Sessions(
        ids=[str(place) for place in range(len(rows))],
        account=account,
        accounts=sessions.accounts,
        is_clean=~is_host,
        device=device,
        address=address,
        is_new=is_new,
        campaign_places=[[]] * len(rows),
        overlaps=[[]] * len(rows),
        **copied,
    )
    return _Trial(trial, is_thief, is_host)


_OWN: Final = ("account", "is_clean", "device", "address", "is_new")


def _places(
    sessions: Sessions, found: Posterior, clean: Whole, given: list[Whole], hosts: list[_Host]
) -> tuple[Whole, Whole, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """A thief's own places are new ones of the host; on the owner's the thief sits at the host's."""
    is_new = list(sessions.is_new)
    columns = []
    for held in (sessions.device, sessions.address):
        parts = [held[clean]]
        for own, host in zip(given, hosts, strict=True):
            usual = _usual(held[clean][sessions.account[clean] == host.account])
            numbers: dict[int, int] = {}
            placed = np.full(len(own), -1, np.int64)
            for at, place in enumerate(held[own].tolist()):
                if place < 0:
                    continue
                if found.place[place] < OWN_PLACE:
                    placed[at] = usual
                    continue
                if place not in numbers:
                    numbers[place] = len(is_new)
                    is_new.append(sessions.is_new[place])
                placed[at] = numbers[place]
            parts.append(placed)
        columns.append(np.concatenate(parts))
    return columns[0], columns[1], np.array(is_new, np.bool_)


def _usual(places: Whole) -> int:
    """The place that most sessions have; -1 where that is nobody's."""
    values, number = np.unique(places, return_counts=True)
    return int(values[np.argmax(number)]) if len(values) else -1


def _fit(p: Floats, truth: np.ndarray[tuple[int], np.dtype[np.bool_]], weight: Floats) -> tuple[float, float]:
    """Slope and shift of the logarithm of the odds that fit the truth, held near 1 and 0."""
    x, y = _logit(p), truth.astype(np.float64)
    slope, shift = 1.0, 0.0
    for _ in range(30):
        q = 1 / (1 + np.exp(-(slope * x + shift)))
        room, off = weight * np.maximum(q * (1 - q), 1e-9), weight * (y - q)
        gradient = np.array([(x * off).sum() - HOLD * (slope - 1), off.sum() - HOLD * shift])
        hessian = np.array(
            [
                [(room * x * x).sum() + HOLD, (room * x).sum()],
                [(room * x).sum(), room.sum() + HOLD],
            ]
        )
        step = np.linalg.solve(hessian, gradient)
        slope, shift = slope + float(np.clip(step[0], -0.5, 0.5)), shift + float(np.clip(step[1], -1, 1))
    return min(2.0, max(0.4, slope)), min(3.0, max(-3.0, shift))


def _logit(p: Floats) -> Floats:
    bounded = np.clip(p, EXTREME, 1 - EXTREME)
    found: Floats = np.log(bounded / (1 - bounded))
    return found
