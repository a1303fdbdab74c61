# SPDX-License-Identifier: Apache-2.0
"""A burst: more distinct persons within an hour or a day than anybody of the role needs."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Bound, Rule
from tocsin.detect.reasons import reason_sql
from tocsin.store.case import Case


class Bursts(Rule):
    """The quota is measured per role where it has twenty accounts; declared operations are left out."""

    name = "burst"
    query = "bursts"
    sentence = _(
        "{persons} patients within {hours} h; hardly any colleague of the same profession"
        " needs more than {quota}."
    )
    values = ("persons", "hours", "quota")
    few = _(
        "{persons} patients within {hours} h; hardly any account here needs more than {quota},"
        " and too few share its profession to tell what that needs."
    )

    def reason(self, case: Case) -> str:
        """What it is measured against: its profession, or where that has too few accounts, everybody."""
        few = reason_sql(self.name, self.few, self.spoken(case))
        return f"case when is_habit then {super().reason(case)} else {few} end"

    def binds(self, case: Case) -> dict[str, Bound]:
        """Persons within an hour below which nothing is a burst."""
        return {"least": case.settings.detect.burst_persons}
