# SPDX-License-Identifier: Apache-2.0
"""What notices are written from, read ahead a page at a time: the outbox knows persons by number alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow as pa

from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.genuine.signing import Prover
from tocsin.notify.interface import Notice
from tocsin.notify.letter import Person, Writer
from tocsin.notify.run import LEVELS
from tocsin.notify.waves import Release
from tocsin.store.case import Case
from tocsin.store.query import load_query

PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Stock:
    """What one notice is written from, and whether it is still what was released."""

    person: Person
    facts: str
    email: str = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def notice(self, writer: Writer, release: Release, message_id: str, lang: str) -> Notice:
        """Ready to leave."""
        letter = writer.write(self.person)
        return Notice(
            message_id,
            lang,
            release.at,
            letter.subject,
            letter.text,
            letter.html,
            self.email,
            self.lines,
            letter.document,
            letter.proof,
        )


def make_writer(case: Case, release: Release) -> Writer:
    """Writes the notices of a release."""
    with case.engine("claims") as engine:
        never = [str(category) for (category,) in engine.rows(load_query("tocsin.notify", "never_seen"))]
    prover = Prover(case.settings, signing_key(case), release.at) if case.settings.notify.page else None
    return Writer(case.settings, never=never, released_at=release.at, prover=prover)


def read_stock(case: Case, wave: int, person_ids: Sequence[int]) -> dict[int, Stock]:
    """By person; those whose facts have changed since the wave, or who are not to inform, are missing."""
    with case.engine("notices") as engine:
        engine.register("wanted", _wanted(person_ids))
        codes = engine.rows(load_query("tocsin.notify", "codes_of"), wave=wave)
    held = {int(str(person)): (str(code), str(facts)) for person, code, facts in codes}
    found = read_rows(case, person_ids)
    return {
        person: replace(stock, person=replace(stock.person, code=held[person][0]))
        for person, stock in found.items()
        if person in held and held[person][1] == stock.facts
    }


def read_rows(case: Case, person_ids: Sequence[int]) -> dict[int, Stock]:
    """By person, as the tables now stand, without a code."""
    with case.engine("recipients", "exposure", "controllers") as engine:
        engine.register("wanted", _wanted(person_ids))
        levels = LEVELS[case.settings.notify.inform]
        rows = engine.table(load_query("tocsin.notify", "material"), levels=levels).to_pylist()
    return {row["person_id"]: _stock(row) for row in rows}


def _wanted(person_ids: Sequence[int]) -> pa.Table:
    return pa.table({"person_id": pa.array(person_ids, pa.int64())})


def _stock(row: dict[str, Any]) -> Stock:
    person = Person(
        row["name"],
        row["addressee"],
        tuple(row["controllers"]),
        tuple(row["categories"]),
        tuple(row["certainties"]),
        row["first_at"],
        row["last_at"],
        code="",
    )
    return Stock(person, row["facts"], row["email"] or "", tuple(row["lines"] or ()))
