# SPDX-License-Identifier: Apache-2.0
"""A burst: more distinct persons within an hour or a day than anybody of the role needs."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Bound, Rule
from tocsin.store.case import Case


class Bursts(Rule):
    """The quota is measured per role, on at least twenty accounts; declared operations are left out."""

    name = "burst"
    query = "bursts"
    sentence = _(
        "{persons} patients within {hours} h; hardly any colleague of the same profession"
        " needs more than {quota}."
    )
    values = ("persons", "hours", "quota")

    def binds(self, case: Case) -> dict[str, Bound]:
        """Persons within an hour below which nothing is a burst."""
        return {"least": case.settings.detect.burst_persons}
