# SPDX-License-Identifier: Apache-2.0
"""Probabilities that can be believed: the pattern found is put into clean accounts, where the truth is known.

Each host gets the sessions told as one thief's, on a machine of the thief's own or on the host's as the thief
did; the split is run on them as on the case, and what it says there, beside the truth, corrects it here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tocsin.detect.split.posterior import Posterior, split_sessions
from tocsin.detect.split.sessions import Sessions, Whole
from tocsin.detect.split.shapes import Floats

PATTERN: Final = 0.5
"""Sessions at least as likely as this are the pattern."""

LEAST_PATTERN: Final = 10
LEAST_HOSTS: Final = 8
MOST_HOSTS: Final = 60
HOLD: Final = 5.0
"""Sessions' worth of belief that nothing is to be corrected."""

EXTREME: Final = 1e-5


@dataclass(slots=True)
class _Trial:
    sessions: Sessions
    is_thief: np.ndarray[tuple[int], np.dtype[np.bool_]]
    is_host: np.ndarray[tuple[int], np.dtype[np.bool_]]


def calibrate(sessions: Sessions, found: Posterior, answers: Floats) -> Floats:
    """The case's probabilities, corrected; as they are where there is too little to try on."""
    pattern = np.flatnonzero(~sessions.is_clean & (found.p >= PATTERN) & (answers > -np.inf))
    hosts = _hosts(sessions, pattern)
    if len(pattern) < LEAST_PATTERN or len(hosts) < LEAST_HOSTS:
        return found.p
    trial = _inject(sessions, found, pattern, hosts)
    told = split_sessions(trial.sessions, np.zeros(len(trial.sessions))).p
    slope, shift = _fit(told[trial.is_host], trial.is_thief[trial.is_host])
    corrected = 1 / (1 + np.exp(-(slope * _logit(found.p) + shift)))
    return np.where(sessions.is_clean, found.p, corrected)


def _hosts(sessions: Sessions, pattern: Whole) -> list[tuple[int, int]]:
    """Clean accounts, each with the account whose thief it is given: of its own profession, by turns.

    Every other clean account is left as it is: it tells what honest bulk work looks like.
    """
    role_of = dict(zip(sessions.account.tolist(), sessions.role.tolist(), strict=True))
    thieves = sorted({int(account) for account in sessions.account[pattern]})
    clean = sorted({int(account) for account in sessions.account[sessions.is_clean]})[::2]
    found: list[tuple[int, int]] = []
    turns: dict[int, int] = {}
    for host in clean:
        alike = [account for account in thieves if role_of[account] == role_of[host]]
        if alike and len(found) < MOST_HOSTS:
            turn = turns.get(role_of[host], 0)
            found.append((host, alike[turn % len(alike)]))
            turns[role_of[host]] = turn + 1
    return found


def _inject(sessions: Sessions, found: Posterior, pattern: Whole, hosts: list[tuple[int, int]]) -> _Trial:
    clean = np.flatnonzero(sessions.is_clean)
    given = [pattern[sessions.account[pattern] == thief] for _host, thief in hosts]
    rows = np.concatenate([clean, *given])
    account = np.concatenate(
        [
            sessions.account[clean],
            *(np.full(len(own), host) for own, (host, _t) in zip(given, hosts, strict=True)),
        ]
    )
    copied = {
        field.name: getattr(sessions, field.name)[rows]
        for field in fields(Sessions)
        if isinstance(getattr(sessions, field.name), np.ndarray) and field.name not in _OWN
    }
    is_thief = np.arange(len(rows)) >= len(clean)
    is_host = np.isin(account, [host for host, _thief in hosts])
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
    sessions: Sessions, found: Posterior, clean: Whole, given: list[Whole], hosts: list[tuple[int, int]]
) -> tuple[Whole, Whole, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """A thief's own places are new ones of the host; on the owner's the thief sits at the host's."""
    is_new = list(sessions.is_new)
    columns = []
    for held in (sessions.device, sessions.address):
        parts = [held[clean]]
        for own, (host, _thief) in zip(given, hosts, strict=True):
            usual = _usual(held[clean][sessions.account[clean] == host])
            numbers: dict[int, int] = {}
            placed = np.full(len(own), -1, np.int64)
            for at, place in enumerate(held[own].tolist()):
                if place < 0:
                    continue
                if found.place[place] < PATTERN:
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


def _fit(p: Floats, truth: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[float, float]:
    """Slope and shift of the logarithm of the odds that fit the truth, held near 1 and 0."""
    x, y = _logit(p), truth.astype(np.float64)
    slope, shift = 1.0, 0.0
    for _ in range(30):
        q = 1 / (1 + np.exp(-(slope * x + shift)))
        weight = np.maximum(q * (1 - q), 1e-9)
        gradient = np.array([(x * (y - q)).sum() - HOLD * (slope - 1), (y - q).sum() - HOLD * shift / 4])
        hessian = np.array(
            [
                [(weight * x * x).sum() + HOLD, (weight * x).sum()],
                [(weight * x).sum(), weight.sum() + HOLD / 4],
            ]
        )
        step = np.linalg.solve(hessian, gradient)
        slope, shift = slope + float(np.clip(step[0], -0.5, 0.5)), shift + float(np.clip(step[1], -1, 1))
    return min(2.0, max(0.4, slope)), min(3.0, max(-3.0, shift))


def _logit(p: Floats) -> Floats:
    bounded = np.clip(p, EXTREME, 1 - EXTREME)
    found: Floats = np.log(bounded / (1 - bounded))
    return found
