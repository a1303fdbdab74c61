# SPDX-License-Identifier: Apache-2.0
"""What moved since people were told: who is new, whose facts or way are others, who is concerned no more.

Read for the release of a further wave and for the balance. Nothing is written from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final

import pyarrow as pa

from tocsin.notify.answered import find_answered
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import find_latest, released_waves
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

READS: Final = ("recipients", "withdrawn", "notices", "persons", "answers")

NEW: Final = "new"
"""Why somebody is in a wave whom no notice was released for."""


def find_next_wave(case: Case, engine: Engine) -> int:
    """Make `next_wave`, who is in it and why; the engine has READS. Returns its persons."""
    waves = released_waves(case)
    find_latest(engine, waves)
    find_answered(case, engine)
    withdrawn = [int(str(one)) for (one,) in engine.rows("select person_id from withdrawn")]
    with closing(Outbox.open(case.folder)) as outbox:
        engine.register("sent_back", _persons(outbox.held_back()))
        engine.register(
            "read_before", _persons(list(outbox.sent_before(withdrawn, 1 + max(waves, default=0))))
        )
    # A number that was joined with another since is the other's now.
    engine.create("held_back", _query("held_back"))
    engine.create("unread", "select person_id from withdrawn anti join read_before using (person_id)")
    engine.create("moved_on", _query("moved_on"))
    engine.create("next_wave", _query("wave"))
    return engine.count("select count(*) from next_wave")


def count_next_wave(case: Case, engine: Engine) -> dict[str, int]:
    """Persons whom a further release would tell, by what moved; the engine has READS."""
    find_next_wave(case, engine)
    found: dict[str, int] = {}
    for why, _channel, persons in engine.rows(_query("wave_reasons")):
        found[str(why)] = found.get(str(why), 0) + int(str(persons))
    return found


def _persons(numbers: Sequence[int]) -> pa.Table:
    return pa.table({"person_id": pa.array(numbers, pa.int64())})


def _query(name: str) -> Query:
    return load_query("tocsin.notify", name)
