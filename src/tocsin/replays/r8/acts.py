# SPDX-License-Identifier: Apache-2.0
"""What happens in the practice software: the team's days, and the night of 13 to 14 November.

An act is one line of the portal's log. Everything is drawn from the seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.replays.r8.people import SUSPECT, File, Professional
from tocsin.replays.r8.size import LOG_SINCE, LOG_UNTIL, PARIS, Size

STRANGER = "203.0.113.77"
_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
_OTHER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_STATIC = ("/static/portail.css", "/static/portail.js", "/static/logo.png")
_NIGHT = datetime(2025, 11, 14, 1, 12, 9, tzinfo=PARIS)
_TRIES = datetime(2025, 11, 13, 23, 41, 30, tzinfo=PARIS)
_SHUT = datetime(2025, 11, 14, 9, 5, 12, tzinfo=PARIS)


@dataclass(frozen=True, slots=True)
class Act:
    """One request to the portal."""

    at: datetime
    login: str
    address: str
    method: str
    path: str
    status: int
    size: int
    agent: str = _BROWSER


@dataclass(slots=True)
class Night:
    """What the stolen account did, and what it obtained."""

    acts: list[Act] = field(default_factory=list)
    cards: dict[int, datetime] = field(default_factory=dict)
    """File number: when its card was first shown."""

    consultations: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    last_card_at: datetime = _NIGHT


def usual_days(size: Size, team: list[Professional], files: list[File], seed: int) -> Iterator[Act]:
    """The checks that a machine makes day and night, and the team at work from Monday to Friday."""
    yield from _checks()
    day = LOG_SINCE
    while day < LOG_UNTIL:
        if day.weekday() < 5:
            draw = random.Random(f"{seed}:{day:%Y%m%d}")
            yield from _day(draw, day, size, team[:12], files)
        day += timedelta(days=1)


def _checks() -> Iterator[Act]:
    at = LOG_SINCE
    while at < LOG_UNTIL:
        yield Act(at, "-", "127.0.0.1", "GET", "/sante", 200, 2, "monitor/1.4")
        at += timedelta(minutes=5)


def _day(
    draw: random.Random, day: datetime, size: Size, team: list[Professional], files: list[File]
) -> Iterator[Act]:
    for one in team:
        yield from _sign_in(draw, day, one)
    for _visit in range(size.day_work):
        one, file = draw.choice(team), draw.choice(files)
        at = day + timedelta(seconds=8 * 3600 + 900 + draw.randrange(10 * 3600))
        for act in _opening(draw, at, one, file):
            if act.at < LOG_UNTIL:
                yield act


def _sign_in(draw: random.Random, day: datetime, one: Professional) -> Iterator[Act]:
    at = day + timedelta(seconds=8 * 3600 + draw.randrange(900))
    yield Act(at, one.login, one.address, "POST", "/connexion", 302, 0)
    for step, path in enumerate(("/agenda", *_STATIC), start=1):
        yield Act(at + timedelta(seconds=step), one.login, one.address, "GET", path, 200, 4_000 + step)


def _opening(draw: random.Random, at: datetime, one: Professional, file: File) -> Iterator[Act]:
    steps = [("GET", f"/patients/{file.number}/fiche")]
    if draw.random() < 0.5:
        steps.append(("GET", f"/patients/{file.number}/consultations"))
    if draw.random() < 0.3:
        steps.append(("POST", f"/patients/{file.number}/consultations"))
    if draw.random() < 0.15:
        steps.append(("GET", f"/patients/{file.number}/documents/{draw.randrange(70_000, 99_999)}"))
    for method, path in steps:
        yield Act(at, one.login, one.address, method, path, 200, draw.randrange(2_000, 40_000))
        at += timedelta(seconds=draw.randrange(5, 90))


def the_night(size: Size, files: list[File], seed: int) -> Night:
    """A stranger tries passwords, enters, and opens one file after another until shortly before dawn."""
    draw, night = random.Random(f"{seed}:night"), Night()
    for attempt in range(6):
        at = _TRIES + timedelta(seconds=attempt * 19)
        night.acts.append(_by_stranger(at, "-", "POST", "/connexion", 401, 311))
    night.acts.append(_by_stranger(_NIGHT, SUSPECT, "POST", "/connexion", 302, 0))
    at = _NIGHT
    for path in ("/accueil", *_STATIC):
        at += timedelta(seconds=1)
        night.acts.append(_by_stranger(at, SUSPECT, "GET", path, 200, 3_300))
    _open_files(draw, at, night, size, files)
    for attempt in range(3):
        at = _SHUT + timedelta(seconds=attempt * 7)
        night.acts.append(_by_stranger(at, SUSPECT, "GET", "/accueil", 401, 311))
    return night


def _open_files(draw: random.Random, at: datetime, night: Night, size: Size, files: list[File]) -> None:
    held = {file.number for file in files}
    number, pace = files[0].number - 3, 11_000 / size.opened
    last_two = files[-1].number + 1, files[-1].number + 2
    while len(night.cards) < size.opened:
        newest = size.opened - len(night.cards) <= 2
        number = last_two[size.opened - len(night.cards) - 1] if newest else number + 1
        at += timedelta(seconds=1 + draw.random() * pace)
        _open_file(draw, at.replace(microsecond=0), night, number, exists=newest or number in held)


def _open_file(draw: random.Random, at: datetime, night: Night, number: int, *, exists: bool) -> None:
    card = f"/patients/{number}/fiche"
    if not exists:
        night.acts.append(_by_stranger(at, SUSPECT, "GET", card, 404, 512))
        return
    if draw.random() < 0.002:
        night.acts.append(_by_stranger(at, SUSPECT, "GET", card, 500, 97))
    night.acts.append(_by_stranger(at, SUSPECT, "GET", card, 200, draw.randrange(9_000, 12_000)))
    night.cards[number] = night.last_card_at = at
    if draw.random() < 0.12:
        night.consultations.add(number)
        path = f"/patients/{number}/consultations"
        night.acts.append(_by_stranger(at, SUSPECT, "GET", path, 200, draw.randrange(2_000, 40_000)))
    if draw.random() < 0.02 or not night.documents:
        night.documents.add(number)
        path = f"/patients/{number}/documents/{draw.randrange(70_000, 99_999)}"
        night.acts.append(_by_stranger(at, SUSPECT, "GET", path, 200, draw.randrange(40_000, 900_000)))


def _by_stranger(at: datetime, login: str, method: str, path: str, status: int, size: int) -> Act:
    return Act(at, login, STRANGER, method, path, status, size, _OTHER)
