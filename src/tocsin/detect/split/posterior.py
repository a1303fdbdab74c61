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

from tocsin.detect.split.habits import RATES
from tocsin.detect.split.sessions import Sessions
from tocsin.detect.split.shapes import (
    SHAPES,
    Bulk,
    Floats,
    Thieves,
    first_thieves,
    learn,
    learn_bulk,
    log_chance,
    log_volume,
)

ROUNDS: Final = 15
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

BULKY: Final = (
    "no_relation",
    "first_seen",
    "no_colleague",
    "no_tie",
    "near_ids",
    "sweep",
    "broad_searches",
)
"""Terms that vaccination days, locums and reviews show too, as volume does."""

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

    terms: Floats
    """Sessions × terms: what each says, as a logarithm."""

    volume: Floats
    """Sessions: what the number of persons says, as a logarithm."""

    owner_volume: Floats
    """Sessions: the number that is usual."""

    thieves: Thieves
    bulk: Bulk


def split_sessions(sessions: Sessions, answers: Floats) -> Posterior:
    """`answers`: what professionals said of each session, as logarithms of odds; infinite for hard facts."""
    heard = np.clip(answers, -40.0, 40.0)
    rate, volume = sessions.rate, sessions.volume_mean
    thieves = first_thieves(len(sessions), volume)
    bulk = _learn_bulk(sessions, np.zeros(len(sessions)))
    content = _content(sessions, rate, volume, thieves, bulk)
    held = np.where(sessions.is_clean, 0.0, 1.0)
    p = held * _logistic(content.weight + heard + _logit(FIRST_PRIOR))
    place = np.zeros(sessions.places)
    for _ in range(ROUNDS):
        rate, volume = _owner_rates(sessions, p), _owner_volumes(sessions, p)
        thieves = learn(
            p**2,
            content.shown,
            sessions.account,
            len(sessions.accounts),
            sessions.k,
            sessions.n,
            sessions.persons,
            content.broad,
        )
        content = _content(sessions, rate, volume, thieves, bulk)
        bulk = _learn_bulk(sessions, content.bare)
        p, place = _weigh(sessions, content.weight + heard, _priors(sessions, p, place), place)
        p = held * p
    return Posterior(p, content.weight, rate, place, content.terms, content.volume, volume, thieves, bulk)


def _learn_bulk(sessions: Sessions, bare: Floats) -> Bulk:
    return learn_bulk(
        bare > BULK_FROM, sessions.role, sessions.is_clean, sessions.k, sessions.n, sessions.persons
    )


def _owner_rates(sessions: Sessions, p: Floats) -> Floats:
    """Sessions × terms: the account's own rate, leaning on its role's, which may change as weeks go by."""
    own = 1 - p
    found = np.empty_like(sessions.rate)
    for term in range(sessions.rate.shape[1]):
        usual = sessions.rate[:, term]
        k = _by_account(sessions, own * sessions.k[:, term]) - own * sessions.k[:, term]
        expected = own * usual * sessions.n[:, term]
        expected = _by_account(sessions, expected) - expected
        found[:, term] = usual * np.clip((k + OWNER_HABIT * usual) / (expected + OWNER_HABIT * usual), 0.1, 6)
    return np.clip(found, *RATES)


def _owner_volumes(sessions: Sessions, p: Floats) -> Floats:
    own = 1 - p
    total = _by_account(sessions, own * sessions.persons) - own * sessions.persons
    number = _by_account(sessions, own) - own
    usual = sessions.volume_mean
    return np.maximum(usual / 4, (total + VOLUME_HABIT * usual) / (number + VOLUME_HABIT))


def _by_account(sessions: Sessions, values: Floats) -> Floats:
    sums: Floats = np.bincount(sessions.account, values, len(sessions.accounts)).astype(np.float64)
    found: Floats = sums[sessions.account]
    return found


@dataclass(slots=True)
class _Content:
    weight: Floats
    bare: Floats
    """Of it, what honest bulk work shows too, before that is allowed for."""

    shown: Floats
    """Sessions × terms: how likely the thief's own way rather than the owner's, were it the thief."""

    broad: Floats
    """Sessions: how likely of bulk work's size rather than of the thief's own, were it the thief."""

    terms: Floats
    volume: Floats


def _content(sessions: Sessions, rate: Floats, volume: Floats, thieves: Thieves, bulk: Bulk) -> _Content:
    """What was done, all terms together, under a null that allows honest bulk work."""
    own = log_volume(sessions.persons, volume, sessions.volume_size)
    broad = bulk.sizes - own
    thief = _volume(sessions, thieves.volume, thieves.size) - own
    saw = sessions.persons > 0
    sized = _mixed(broad, thief, thieves.outsized)
    outsized = thieves.outsized * np.exp(broad - sized)
    bare = np.where(saw, sized, 0.0)
    honest = np.where(saw, broad, 0.0)
    rest = np.zeros(len(sessions))
    shown, terms, first = np.zeros_like(rate), np.zeros_like(rate), bare
    for term, shape in enumerate(SHAPES):
        ratio = _ratio(sessions, term, rate[:, term], thieves.a[:, term], thieves.b[:, term])
        share = thieves.share[:, term]
        weight = _mixed(ratio, 0.0, share)
        terms[:, term] = weight
        shown[:, term] = share * np.exp(ratio - weight)
        if shape.term in BULKY:
            bare = bare + weight
            same = np.full(len(sessions), bulk.a[term]), np.full(len(sessions), bulk.b[term])
            honest = honest + _mixed(_ratio(sessions, term, rate[:, term], *same), 0.0, 0.9)
        else:
            rest = rest + weight
    allowed = _mixed(honest, 0.0, bulk.share)
    weight = np.clip(bare - allowed + rest, -STRONGEST, STRONGEST)
    return _Content(weight, np.clip(bare, -STRONGEST, STRONGEST), shown, outsized, terms, first)


def _mixed(ratio: Floats, other: float | Floats, share: float | Floats) -> Floats:
    """Logarithm of a mixture of two ratios given as logarithms."""
    found: Floats = np.logaddexp(np.log(1 - share) + other, np.log(share) + ratio)
    return found


def _ratio(sessions: Sessions, term: int, rate: Floats, a: Floats, b: Floats) -> Floats:
    """Logarithm of how much likelier this beta makes k of n than the owner's habit; 0 where n is 0."""
    told = np.flatnonzero(sessions.n[:, term] > 0)
    k, n, rate = sessions.k[told, term], sessions.n[told, term], rate[told]
    firm = 1 / sessions.spread[told, term] - 1
    found = np.zeros(len(sessions))
    found[told] = log_chance(k, n, a[told], b[told]) - log_chance(k, n, rate * firm, (1 - rate) * firm)
    return found


def _volume(sessions: Sessions, mean: Floats, size: Floats) -> Floats:
    return log_volume(sessions.persons, mean, size)


def _priors(sessions: Sessions, p: Floats, place: Floats) -> Floats:
    """Before its content, how likely a session on the owner's machine is the thief's: by spells of days."""
    near, number = _in_spell(sessions, p)
    share = (near - p + 2 * FIRST_PRIOR) / (number - 1 + 2)
    own = 1 - _own_places(sessions, place)
    sat = ((p * own).sum() + 1) / (p.sum() + 2)
    found: Floats = np.clip(share * sat, LEAST_PRIOR, 0.5)
    return found


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
    new = np.bincount(sessions.account[_late(sessions)], minlength=len(sessions.accounts)) / np.maximum(
        np.bincount(sessions.account, minlength=len(sessions.accounts)), 1
    )
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
