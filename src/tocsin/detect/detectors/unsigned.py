# SPDX-License-Identifier: Apache-2.0
"""Persons shown without an account: a path that asks nobody to sign in. It accuses no account; it is said."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.interface import Detector
from tocsin.detect.obtained import see_persons
from tocsin.detect.prepare import PACKAGE, READS
from tocsin.detect.reasons import reason_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

_SAID = _(
    "{persons} patients were shown to whoever asked, without an account: {events} accesses from"
    " {addresses} addresses, most of them by “{shape}”."
)


class Unsigned(Detector):
    """Looks at successful accesses that no account made."""

    name = "unsigned"
    reads = READS

    def can_see(self, case: Case) -> bool:
        """Wherever there are logs."""
        return bool(case.settings.sources)

    def find(self, case: Case, engine: Engine) -> str:
        """Nobody is accused."""
        engine.view("unsigned_events", "select * from events where account is null and outcome = 'success'")
        see_persons(case, engine, "unsigned_events")
        engine.create("unsigned found", load_query(PACKAGE, "unsigned"))
        return "select * from findings where false"

    def sight_sql(self, case: Case, engine: Engine) -> str:
        """How many persons, and by which path."""
        del case, engine
        said = reason_sql(
            "unsigned", _SAID, {name: name for name in ("persons", "events", "addresses", "shape")}
        )
        return (
            "select 'unsigned' as code, '' as about, persons::double as value,"
            f" ({said}) ->> 'fr' as fr, ({said}) ->> 'en' as en from \"unsigned found\""
        )
