# SPDX-License-Identifier: Apache-2.0
"""One account in two places at once, on two devices that are its own alone."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Bound, Rule
from tocsin.detect.score.campaigns import MOST_ACCOUNTS
from tocsin.store.case import Case


class Overlaps(Rule):
    """Never enough alone. Addresses that many accounts share tell nothing of where somebody is."""

    name = "overlap"
    query = "overlaps"
    sentence = _(
        "{times} times, a device new to this account read records of patients ({persons} in all)"
        " while its usual one was reading elsewhere."
    )
    values = ("times", "persons")

    def binds(self, case: Case) -> dict[str, Bound]:
        """Accounts from which on an address is a shared way out."""
        del case
        return {"most": MOST_ACCOUNTS}
