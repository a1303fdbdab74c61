# SPDX-License-Identifier: Apache-2.0
"""An account that no directory names, although the directory names nearly all that act."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule
from tocsin.store.case import Case


class Unlisted(Rule):
    """Never enough alone: service accounts are often forgotten."""

    name = "unlisted"
    query = "unlisted"
    sentence = _("This account is in no directory, and reached {persons} patients.")
    values = ("persons",)

    def can_see(self, case: Case) -> bool:
        """Whether there is a directory."""
        return bool(case.settings.accounts)
