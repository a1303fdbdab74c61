# SPDX-License-Identifier: Apache-2.0
"""How likely each session is the thief's, by expectation and maximisation over all accounts of the case.

What was done speaks for a session alone; a device or an address speaks for all sessions that share it: it is
the thief's own, or the owner's, on which the thief may sit too (a stolen cookie). The owner's habit is what
the sessions told as theirs show, the thief's what the others show, and thieves come in spells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tocsin.detect.split.sessions import Sessions
from tocsin.detect.split.shapes import SHAPES, Floats, Shape, learn, log_beta

ROUNDS: Final = 25
MESSAGES: Final = 3

OWNER_HABIT: Final = 20.0
"""Weight of the role against the account itself, in persons; ten sessions for its volume."""

VOLUME_HABIT: Final = 10.0
SPELL: Final = 6
"""Days around a session that tell whether the thief was at work."""

LEAST_PRIOR: Final = 0.0005
FIRST_PRIOR: Final = 0.05
OWN_HAND: Final = 0.02
"""Share of sessions on a thief's own machine that may still be the owner's."""

STRONGEST: Final = 12.0

BULKY: Final = ("no_relation", "near_ids", "sweep", "broad_searches")
"""Terms that vaccination days, locums and reviews show too, as volume does."""

LEAST_BULK: Final = 0.005
BULK_FROM: Final = 2.0
"""Evidence from which on a clean session is bulk work."""


@dataclass(slots=True)
class Posterior:
    """What was found."""

    p: Floats
    content: Floats
    """Logarithm of the likelihood ratio of what was done in each session."""

    owner_rate: Floats
    """Sessions × terms: the usual rate of the owner, as learnt."""

    place: Floats
    """Places: probability that it is the thief's own."""

    shapes: tuple[Shape, ...]


def split_sessions(
    sessions: Sessions, answers: Floats, shapes: tuple[Shape, ...] = SHAPES, *, learns: bool = True
) -> Posterior:
    """`answers`: what professionals said of each session, as a logarithm of odds; infinite for a hard fact.

    With `learns` false the thief's shapes are taken as they are.
    """
    heard = np.clip(answers, -40.0, 40.0)
    rate = sessions.rate
    bulk = np.full(len(sessions), LEAST_BULK)
    content, _bare = _content(sessions, rate, sessions.volume_mean, shapes, bulk)
    p = _logistic(content + heard + _logit(FIRST_PRIOR))
    place = np.zeros(sessions.places)
    for _ in range(ROUNDS):
        rate, volume = _owner_rates(sessions, p), _owner_volumes(sessions, p)
        if learns:
            shapes = learn(shapes, p, sessions.k, sessions.n)
        content, bare = _content(sessions, rate, volume, shapes, bulk)
        bulk = _bulk(sessions, bare)
        p, place = _weigh(sessions, content + heard, _priors(sessions, p, place), place)
    return Posterior(p, content, rate, place, shapes)


def _owner_rates(sessions: Sessions, p: Floats) -> Floats:
    """Sessions × terms: the account's own rate, leaning on its role."""
    own = 1 - p
    found = np.empty_like(sessions.rate)
    for term in range(sessions.rate.shape[1]):
        usual = sessions.rate[:, term]
        k = _by_account(sessions, own * sessions.k[:, term]) - own * sessions.k[:, term]
        n = _by_account(sessions, own * sessions.n[:, term]) - own * sessions.n[:, term]
        found[:, term] = np.clip((k + OWNER_HABIT * usual) / (n + OWNER_HABIT), usual / 10, usual * 3)
    return np.clip(found, 0.0005, 0.95)


def _owner_volumes(sessions: Sessions, p: Floats) -> Floats:
    own = 1 - p
    total = _by_account(sessions, own * sessions.new_persons) - own * sessions.new_persons
    number = _by_account(sessions, own) - own
    usual = sessions.volume_mean
    return np.maximum(usual / 4, (total + VOLUME_HABIT * usual) / (number + VOLUME_HABIT))


def _by_account(sessions: Sessions, values: Floats) -> Floats:
    sums = np.bincount(sessions.account, values, len(sessions.accounts))
    found: Floats = sums[sessions.account]
    return found


def _content(
    sessions: Sessions, rate: Floats, volume: Floats, shapes: tuple[Shape, ...], bulk: Floats
) -> tuple[Floats, Floats]:
    """What was done, all terms together; and, of it, what honest bulk work may look like too."""
    bare, rest = _volume(sessions, volume), np.zeros(len(sessions))
    for term, shape in enumerate(shapes):
        weight = term_weight(
            sessions.k[:, term], sessions.n[:, term], rate[:, term], sessions.spread[:, term], shape
        )
        if shape.term in BULKY:
            bare = bare + weight
        else:
            rest = rest + weight
    bare = np.clip(bare, -STRONGEST, STRONGEST)
    bound = -np.log((1 - bulk) * np.exp(-bare) + bulk)
    return np.clip(bound + rest, -STRONGEST, STRONGEST), bare


def _bulk(sessions: Sessions, bare: Floats) -> Floats:
    """How often an honest session of the profession looks like bulk work: measured on the clean accounts."""
    clean = sessions.is_clean
    roles = sessions.role.max(initial=-1) + 1
    bulky = np.bincount(sessions.role[clean], bare[clean] > BULK_FROM, roles)
    number = np.bincount(sessions.role[clean], minlength=roles)
    share = np.clip((bulky + 1) / (number + 50), LEAST_BULK, 0.3)
    found: Floats = share[sessions.role]
    return found


def term_weight(k: Floats, n: Floats, rate: Floats, spread: Floats, shape: Shape) -> Floats:
    """Logarithm of how much likelier a thief makes k of n than this owner; 0 where n is 0."""
    a, b = rate * (1 / spread - 1), (1 - rate) * (1 / spread - 1)
    own = log_beta(k + a, n - k + b) - log_beta(a, b)
    ours = np.full_like(k, shape.a), np.full_like(k, shape.b)
    thief = log_beta(k + shape.a, n - k + shape.b) - log_beta(*ours)
    weight = np.log((1 - shape.share) + shape.share * np.exp(np.clip(thief - own, -50, 50)))
    return np.where(n > 0, weight, 0.0)


def _volume(sessions: Sessions, mean: Floats) -> Floats:
    """More persons new to the account than usual: as many, three times or ten times as many."""
    n, size = sessions.new_persons, sessions.volume_size
    three = (size + n) * np.log((size + mean) / (size + 3 * mean)) + n * np.log(3)
    ten = (size + n) * np.log((size + mean) / (size + 10 * mean)) + n * np.log(10)
    found = np.log(0.6 + 0.25 * np.exp(np.minimum(three, 50)) + 0.15 * np.exp(np.minimum(ten, 50)))
    return np.where(n > 0, found, 0.0)


def _priors(sessions: Sessions, p: Floats, place: Floats) -> Floats:
    """Before its content, how likely a session on the owner's machine is the thief's: by spells of days."""
    near, number = _in_spell(sessions, p)
    share = (near - p + 2 * FIRST_PRIOR) / (number - 1 + 2)
    own = 1 - _own_places(sessions, place)
    sat = (p @ own + 1) / (p.sum() + 2)
    return np.clip(share * sat, LEAST_PRIOR, 0.5)


def _in_spell(sessions: Sessions, p: Floats) -> tuple[Floats, Floats]:
    """The thief's sessions and all sessions of the same account in the days around each."""
    day = np.floor(sessions.day).astype(np.int64)
    days = int(day.max(initial=0)) + 1
    cells = sessions.account * days + day
    size = len(sessions.accounts) * days
    found = []
    for values in (p, np.ones(len(p))):
        grid = np.bincount(cells, values, size).reshape(len(sessions.accounts), days)
        sums = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(grid, axis=1)], axis=1)
        first, last = np.maximum(day - SPELL, 0), np.minimum(day + SPELL + 1, days)
        found.append(sums[sessions.account, last] - sums[sessions.account, first])
    return found[0], found[1]


def _own_places(sessions: Sessions, place: Floats) -> Floats:
    """Sessions: how likely one of its places is the thief's own."""
    silent = np.ones(len(sessions))
    for held in (sessions.device, sessions.address):
        silent *= 1 - np.where(held >= 0, np.append(place, 0.0)[held], 0.0)
    return 1 - silent


def _weigh(sessions: Sessions, weight: Floats, prior: Floats, place: Floats) -> tuple[Floats, Floats]:
    """Messages between sessions and the places they share, until both agree well enough."""
    first = _place_priors(sessions)
    kinds = (sessions.device, sessions.address)
    logs = _logit(np.clip(place, 1e-9, 1 - 1e-9)) if place.any() else first.copy()
    sent = [np.zeros(len(sessions)), np.zeros(len(sessions))]
    for _ in range(MESSAGES):
        cavity = [_cavity(held, logs, sent[kind]) for kind, held in enumerate(kinds)]
        for kind in range(2):
            sent[kind] = _message(weight, 1 - (1 - prior) * (1 - cavity[1 - kind]))
        logs = first.copy()
        for held, message in zip(kinds, sent, strict=True):
            own = held >= 0
            logs += np.bincount(held[own], message[own], len(first))
    cavity = [_cavity(held, logs, sent[kind]) for kind, held in enumerate(kinds)]
    chance = 1 - (1 - prior) * (1 - cavity[0]) * (1 - cavity[1])
    chance = np.clip(chance, 1e-6, 1 - OWN_HAND)
    return _logistic(_logit(chance) + weight), _logistic(logs)


def _place_priors(sessions: Sessions) -> Floats:
    """Logarithm of the odds that a place is the thief's own: hardly where the account began with it."""
    new = np.bincount(
        sessions.account[_late(sessions)], minlength=len(sessions.accounts)
    ) / np.maximum(np.bincount(sessions.account, minlength=len(sessions.accounts)), 1)
    owner_of = np.zeros(sessions.places, np.int64)
    for held in (sessions.device, sessions.address):
        owner_of[held[held >= 0]] = sessions.account[held >= 0]
    novelty = new[owner_of] if len(new) else np.zeros(0)
    return _logit(np.where(sessions.is_new, np.clip(0.05 / (0.05 + novelty), 0.02, 0.3), 0.002))


def _late(sessions: Sessions) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Sessions that were the first on a place new to the account."""
    late = np.zeros(len(sessions), np.bool_)
    for held in (sessions.device, sessions.address):
        _found, first = np.unique(held, return_index=True)
        first = first[held[first] >= 0]
        late[first[sessions.is_new[held[first]]]] = True
    return late


def _cavity(held: np.ndarray[tuple[int], np.dtype[np.int64]], logs: Floats, sent: Floats) -> Floats:
    """What the place says of itself without this session."""
    rest = np.append(logs, -60.0)[held] - sent
    return np.where(held >= 0, _logistic(rest), 0.0)


def _message(weight: Floats, otherwise: Floats) -> Floats:
    """What a session says of its place: it is the thief's if the place is, else as likely as `otherwise`."""
    up = np.exp(weight)
    return np.log(OWN_HAND + (1 - OWN_HAND) * up) - np.log((1 - otherwise) + otherwise * up)


def _logistic(x: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return found


def _logit(p: float | Floats) -> Floats:
    found: Floats = np.log(np.asarray(p) / (1 - np.asarray(p)))
    return found
