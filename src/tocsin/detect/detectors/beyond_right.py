# SPDX-License-Identifier: Apache-2.0
"""An account that obtains a person it may not see.

The directory says whom an account may see: its own person and a list (`may_see`). Anybody else obtained is
beyond its right: a hard fact, not a likelihood, so p = 1. Local ids of one person (same INS, or same NIR and
birth date) are one person here too.
"""

from __future__ import annotations

from tocsin.detect.interface import Detector
from tocsin.detect.obtained import see_persons
from tocsin.detect.registries import has_several
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query


class BeyondRight(Detector):
    """Exact where the directory limits an account; silent elsewhere."""

    name = "beyond_right"
    reads = ("events", "accounts", "records", "registry")

    def can_see(self, case: Case) -> bool:
        """Whether some directory says whom an account may see."""
        return any({"person", "may_see"} & set(accounts.columns) for accounts in case.settings.accounts)

    def find(self, case: Case, engine: Engine) -> str:
        """Limited accounts' events, whom they obtained, who was beyond right, one row per account."""
        several = has_several(case.settings)
        engine.create("limited", load_query("tocsin.detect", "limited_accounts"), several=several)
        engine.view(
            "limited_events",
            "select * from events where account in (select account from limited)",
        )
        see_persons(case, engine, "limited_events")
        engine.create("beyond", load_query("tocsin.detect", "beyond_right"), several=several)
        engine.create("beyond found", load_query("tocsin.detect", "beyond_right_findings"))
        return 'select * from "beyond found"'
