# SPDX-License-Identifier: Apache-2.0
"""The twelve professionals, the one who left, and their patients. None of them exists.

Children bear a parent's number of social security; a few patients have two files, made years apart.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tocsin.replays.chance import Chance
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES, fold
from tocsin.replays.nir import births
from tocsin.replays.r8.size import FIRST_NUMBER, Size

SUSPECT = "dr.lemoine"
"""The account of a doctor who left, and which nobody closed."""

_TEAM = (
    ("medecin", "Médecin généraliste", 4),
    ("infirmier", "Infirmier ou infirmière", 3),
    ("kine", "Masseur-kinésithérapeute", 2),
    ("sagefemme", "Sage-femme", 1),
    ("secretariat", "Secrétariat", 2),
)
_STREETS = (
    "rue du Moulin",
    "place de l'Église",
    "chemin des Vignes",
    "avenue de la Gare",
    "impasse du Lavoir",
)


@dataclass(frozen=True, slots=True)
class Professional:
    """One account of the practice software."""

    login: str
    name: str
    role: str
    address: str
    left_on: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """One patient's file."""

    number: int
    group: int
    """Files of one person share it."""

    family: str
    given: str
    sex: str
    born: date
    nir: str
    phone: str
    email: str
    street: str


def the_team() -> list[Professional]:
    """Twelve who work there, then the one who left."""
    team = [
        Professional(f"{short}{place}", f"{family} {given}", role, f"192.168.1.{20 + number}")
        for number, (short, role, place, family, given) in enumerate(_named_team())
    ]
    return [*team, Professional(SUSPECT, "Lemoine Odette", "Médecin généraliste", "", "30/09/2025")]


def _named_team() -> list[tuple[str, str, int, str, str]]:
    given = [*GIVEN_NAMES["F"][:7], *GIVEN_NAMES["M"][:5]]
    places = [(short, role, place) for short, role, many in _TEAM for place in range(1, many + 1)]
    return [
        (short, role, place, FAMILY_NAMES[number * 5], given[number])
        for number, (short, role, place) in enumerate(places)
    ]


def the_files(size: Size, seed: int) -> list[File]:
    """All files, in order of number."""
    draw = random.Random(f"{seed}:patients")
    count = size.files_held
    young = np.array([number % 6 == 5 for number in range(count)])
    born = births(Chance(seed), np.arange(count, dtype=np.int64), young)
    numbers, days, males = born.number(), born.date(), born.male
    files: list[File] = []
    number = FIRST_NUMBER
    for at in range(count):
        again = files[draw.randrange(len(files))] if at > 20 and draw.random() < 0.012 else None
        number += 1 + (draw.random() < 0.04)
        if again is not None and again.nir and again.family != fold(again.family):
            files.append(_second_file(again, number))
            continue
        sex = "M" if males[at] else "F"
        parent = files[-1] if young[at] and files and files[-1].nir else None
        files.append(
            File(
                number=number,
                group=number,
                family=parent.family if parent else draw.choice(FAMILY_NAMES),
                given=draw.choice(GIVEN_NAMES[sex]),
                sex=sex,
                born=date(1970, 1, 1) + timedelta(days=int(days[at])),
                nir=_nir(draw, parent, int(numbers[at])),
                phone=f"01 99 00 {draw.randrange(100):02d} {draw.randrange(100):02d}",
                email=f"p{number}@example.org" if draw.random() < 0.6 else "",
                street=f"{1 + draw.randrange(80)} {draw.choice(_STREETS)}",
            )
        )
    return files


def _nir(draw: random.Random, parent: File | None, own: int) -> str:
    """A child is known under the number of a parent; some are known under none."""
    if parent is not None:
        return parent.nir
    return "" if draw.random() < 0.03 else f"{own:015d}"


def _second_file(first: File, number: int) -> File:
    """The same person, entered again in capitals without accents."""
    return File(
        number=number,
        group=first.group,
        family=fold(first.family),
        given=fold(first.given),
        sex=first.sex,
        born=first.born,
        nir=first.nir,
        phone=first.phone,
        email="",
        street=first.street,
    )
