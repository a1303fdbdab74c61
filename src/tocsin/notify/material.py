# SPDX-License-Identifier: Apache-2.0
"""What notices are written from, read ahead a page at a time: the outbox knows persons by number alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from tocsin.notify.account_use import LISTED, AccountUse
from tocsin.notify.content import in_easy_words
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.genuine.signing import Prover
from tocsin.notify.interface import Notice
from tocsin.notify.letter import Person, Writer
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import Release, releases
from tocsin.notify.run import LEVELS
from tocsin.notify.sms import SmsWriter
from tocsin.store.case import Case
from tocsin.store.query import load_query

PAGE: Final = 5_000
WITHDRAWN: Final = "withdrawn"
"""Why a notice is in its wave when the person is concerned no more."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What one notice is written from, and whether it is still what was released."""

    person: Person
    facts: str
    email: str = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    phone: str = field(default="", repr=False)

    def message(self, writer: SmsWriter, release: Release, message_id: str, lang: str) -> Notice:
        """Ready to leave as a text message."""
        text = writer.write(self.person).text
        return Notice(message_id, lang, release.at, "", text, "", phone=self.phone)

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


def make_writer(case: Case, release: Release, *, is_easy: bool = False) -> Writer:
    """Writes the notices of a release, easy to read where that is asked for."""
    with case.engine("claims") as engine:
        never = [str(category) for (category,) in engine.rows(load_query("tocsin.notify", "never_seen"))]
    prover = Prover(case.settings, signing_key(case), release.at) if case.settings.notify.page else None
    settings = in_easy_words(case.settings) if is_easy else case.settings
    return Writer(settings, never=never, released_at=release.at, prover=prover)


def read_stock(case: Case, wave: int, person_ids: Sequence[int]) -> dict[int, Stock]:
    """By person; those whose facts have changed since the wave, or who are not to inform, are missing."""
    with case.engine("notices") as engine:
        engine.register("wanted", _wanted(person_ids))
        codes = engine.rows(load_query("tocsin.notify", "codes_of"), wave=wave)
    held = {int(str(one[0])): [str(cell or "") for cell in one[1:]] for one in codes}
    withdrawn = [person for person, (_code, _facts, why) in held.items() if why == WITHDRAWN]
    found = read_rows(case, person_ids) | (read_withdrawn(case, withdrawn) if withdrawn else {})
    earlier = _earlier(case, wave, list(held)) if wave > 1 else {}
    return {
        person: replace(
            stock, person=replace(stock.person, code=code, why=why, earlier_at=earlier.get(person))
        )
        for person, (code, facts, why) in held.items()
        if (stock := found.get(person)) is not None and stock.facts == facts
    }


def read_rows(case: Case, person_ids: Sequence[int]) -> dict[int, Stock]:
    """By person, as the tables now stand, without a code."""
    with case.engine("recipients", "exposure", "controllers") as engine:
        engine.register("wanted", _wanted(person_ids))
        levels = LEVELS[case.settings.notify.inform]
        rows = engine.table(load_query("tocsin.notify", "material"), levels=levels).to_pylist()
    holders = [person for person in person_ids if person < 0]
    rows += _account_rows(case, holders) if holders else []
    return {row["person_id"]: _stock(row) for row in rows}


def _account_rows(case: Case, person_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Of holders of stolen accounts."""
    with case.engine("recipients", "events", "judged", "accounts") as engine:
        engine.register("wanted", _wanted(person_ids))
        query = load_query("tocsin.notify", "material_of_accounts")
        zone = case.settings.case.zone
        rows: list[dict[str, Any]] = engine.table(query, zone=zone, listed=LISTED).to_pylist()
    return rows


def read_withdrawn(case: Case, person_ids: Sequence[int]) -> dict[int, Stock]:
    """The same of persons who are concerned no more."""
    with case.engine("withdrawn", "controllers") as engine:
        engine.register("wanted", _wanted(person_ids))
        rows = engine.table(load_query("tocsin.notify", "material_withdrawn")).to_pylist()
    return {row["person_id"]: _stock(row) for row in rows}


def _earlier(case: Case, wave: int, person_ids: Sequence[int]) -> Mapping[int, datetime]:
    """The day of each person's last notice that left before this wave, as it is printed on that notice."""
    days = {one.wave: one.at for one in releases(case)}
    with closing(Outbox.open(case.folder)) as outbox:
        before = outbox.sent_before(person_ids, wave)
    return {person: days[one] for person, one in before.items() if one in days}


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
        kind=row.get("kind") or "person",
        use=_use(row) if row.get("kind") == "account" else None,
    )
    phone = row.get("phone") or ""
    return Stock(person, row["facts"], row["email"] or "", tuple(row["lines"] or ()), phone)


def _use(row: dict[str, Any]) -> AccountUse:
    return AccountUse(
        row["account"],
        row["accesses"],
        tuple((one["at"], one["source"], one["action"], one["thing"]) for one in row["acts"]),
        row["all_acts"],
        tuple((one["account"], one["role"]) for one in row["others"]),
    )
