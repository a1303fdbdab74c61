# SPDX-License-Identifier: Apache-2.0
"""An account that was silent for long, then reads in bulk."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Bound, Rule
from tocsin.store.case import Case


class Dormant(Rule):
    """Never enough alone: people come back from leave."""

    name = "dormant"
    query = "dormant"
    sentence = _("After {silent} days of silence, this account saw {persons} new patients in one day.")
    values = ("silent", "persons")

    def binds(self, case: Case) -> dict[str, Bound]:
        """The days of silence."""
        return {"silent_days": case.settings.detect.dormant_days}
