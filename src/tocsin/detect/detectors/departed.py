# SPDX-License-Identifier: Apache-2.0
"""An account that acts after the directory ended it: a departed professional's, kept open."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule
from tocsin.detect.obtained import see_persons
from tocsin.detect.prepare import PACKAGE
from tocsin.detect.reasons import Value, day_said
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query


class Departed(Rule):
    """Listed as a suspect where it reached persons: the directory may be late, so it is doubtful."""

    name = "departed"
    query = "departed"
    sentence = _(
        "The directory ended this account on {ended}; it acted {events} times since"
        " and reached {persons} patients."
    )
    values = ("ended", "events", "persons")

    def can_see(self, case: Case) -> bool:
        """Whether some directory says until when accounts are active."""
        return any("active_until" in accounts.columns for accounts in case.settings.accounts)

    def spoken(self, case: Case) -> dict[str, Value]:
        """The day as the directory wrote it: that of the case's zone."""
        return super().spoken(case) | {"ended": day_said("ended", case.settings.case.zone)}

    def find(self, case: Case, engine: Engine) -> str:
        """Whom these accounts reached since, and the rule's rows."""
        engine.create("ended_events", load_query(PACKAGE, "ended_events"))
        see_persons(case, engine, "ended_events")
        return super().find(case, engine)
