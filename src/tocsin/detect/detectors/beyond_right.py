# SPDX-License-Identifier: Apache-2.0
"""An account that obtains a person it may not see.

The directory says whom an account may see: its own person and a list (`may_see`). Anybody else obtained is
beyond its right: a hard fact, not a likelihood, so p = 1. Local ids of one person (same INS, or same NIR and
birth date) are one person here too.
"""

from __future__ import annotations

from tocsin.detect.interface import Detector
from tocsin.detect.obtained import obtained_sql
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
        engine.create("limited", load_query("tocsin.detect", "limited_accounts"))
        engine.view(
            "limited_events", "select e.* from events as e join limited as l on l.account = e.account"
        )
        engine.create("obtained", f"select * from ({obtained_sql(case.catalogue)})")
        engine.create("obtained_persons", load_query("tocsin.detect", "obtained_persons"))
        engine.create("beyond", load_query("tocsin.detect", "beyond_right"))
        return load_query("tocsin.detect", "beyond_right_findings").sql
