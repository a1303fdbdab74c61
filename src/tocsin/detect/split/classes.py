# SPDX-License-Identifier: Apache-2.0
"""The four classes of a session, each with its meaning before the law.

Confirmed needs a hard fact beside the probability, excluded needs something that speaks for the owner: doubt
alone neither convicts nor clears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tocsin.core.terms import LIKELY
from tocsin.detect.split.posterior import Posterior
from tocsin.detect.split.sessions import Sessions
from tocsin.detect.split.shapes import Floats

CONFIRMED: Final = 0.99
POSSIBLE: Final = 0.05
SPEAKS: Final = -1.0
"""Contents that are e times likelier the owner's speak for the owner."""

CERTAIN: Final = 0.9999
"""No probability without a hard fact is told as more than this."""


@dataclass(frozen=True, slots=True)
class Told:
    """One session, as it is told."""

    p: float
    label: str
    hard_fact: str | None
    owner_evidence: str | None
    place: str


def tell(sessions: Sessions, found: Posterior, p: Floats, answers: Floats) -> list[Told]:
    """Every session, in order; `p` after calibration, `answers` as logarithms of odds."""
    facts = _hard_facts(sessions, p, answers)
    places = _places(sessions, found)
    return [
        _told(float(p[row]), fact, float(answers[row]), places[row], float(found.content[row]))
        for row, fact in enumerate(facts)
    ]


def _told(p: float, fact: str | None, answer: float, place: str, content: float) -> Told:
    owner = _owner_evidence(answer, place, content)
    if answer == -np.inf:
        return Told(0.0, "excluded", None, owner, place)
    if answer == np.inf or (fact and p >= CONFIRMED):
        return Told(1.0, "confirmed", fact, owner, place)
    p = round(min(p, CERTAIN), 6)
    if p >= LIKELY:
        return Told(p, "likely", fact, owner, place)
    label = "excluded" if p < POSSIBLE and owner else "possible"
    return Told(p, label, fact, owner, place)


def _owner_evidence(answer: float, place: str, content: float) -> str | None:
    if answer < 0:
        return "answer"
    if place in ("usual", "workstation"):
        return "place"
    return "content" if content <= SPEAKS else None


def _hard_facts(sessions: Sessions, p: Floats, answers: Floats) -> list[str | None]:
    common = _common(sessions, p)
    at = {name: row for row, name in enumerate(sessions.ids)}
    facts: list[str | None] = []
    for row, others in enumerate(sessions.overlaps):
        if answers[row] == np.inf:
            facts.append("answer")
        elif common[row]:
            facts.append("infrastructure")
        elif any(p[at[other]] < 0.5 for other in others if other in at):
            facts.append("overlap")
        else:
            facts.append(None)
    return facts


def _common(sessions: Sessions, p: Floats) -> list[bool]:
    """Sessions on a place that likely sessions of another account share."""
    accounts: dict[str, set[int]] = {}
    for row in np.flatnonzero(p >= LIKELY):
        for place in sessions.campaign_places[row]:
            accounts.setdefault(place, set()).add(int(sessions.account[row]))
    return [
        any(accounts.get(place, set()) - {int(sessions.account[row])} for place in places)
        for row, places in enumerate(sessions.campaign_places)
    ]


def _places(sessions: Sessions, found: Posterior) -> list[str]:
    """usual, workstation, new or unknown."""
    told = []
    for row, (device, address) in enumerate(zip(sessions.device, sessions.address, strict=True)):
        held = [place for place in (device, address) if place >= 0]
        if any(sessions.is_new[place] or found.place[place] >= POSSIBLE for place in held):
            told.append("new")
        elif held:
            told.append("usual")
        elif sessions.is_workstation[row]:
            told.append("workstation")
        else:
            told.append("unknown")
    return told
