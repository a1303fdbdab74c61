# SPDX-License-Identifier: Apache-2.0
"""What notices are written from, read ahead a page at a time: the outbox knows persons by number alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

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
    email: str = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def notice(self, writer: Writer, release: Release, message_id: str, lang: str) -> Notice:
        """Ready to leave."""
        letter = writer.write(self.person)
        return Notice(
            message_id, lang, release.at, letter.subject, letter.text, letter.html, self.email, self.lines
        )


def make_writer(case: Case, release: Release) -> Writer:
    """Writes the notices of a release."""
    with case.engine("claims") as engine:
        never = [str(category) for (category,) in engine.rows(load_query("tocsin.notify", "never_seen"))]
    return Writer(case.settings, never=never, released_at=release.at)


def read_stock(case: Case, wave: int, person_ids: Sequence[int]) -> dict[int, Stock]:
    """By person; those whose facts have changed since the wave, or who are no longer to inform, are missing."""
    wanted = pa.table({"person_id": pa.array(person_ids, pa.int64())})
    with case.engine("recipients", "exposure", "controllers", "notices") as engine:
        engine.register("wanted", wanted)
        levels = LEVELS[case.settings.notify.inform]
        rows = engine.table(load_query("tocsin.notify", "material"), levels=levels).to_pylist()
        codes = engine.rows(load_query("tocsin.notify", "codes_of"), wave=wave)
    held = {person_id: (str(code), facts) for person_id, code, facts in codes}
    return {
        row["person_id"]: _stock(row, held[row["person_id"]][0])
        for row in rows
        if row["person_id"] in held and held[row["person_id"]][1] == row["facts"]
    }


def _stock(row: dict[str, Any], code: str) -> Stock:
    names = tuple(row["controllers"])
    person = Person(
        row["name"],
        row["addressee"],
        names,
        tuple(row["categories"]),
        tuple(row["certainties"]),
        row["first_at"],
        row["last_at"],
        code,
    )
    return Stock(person, row["email"] or "", tuple(row["lines"] or ()))
