# SPDX-License-Identifier: Apache-2.0
"""An account that reaches persons by a path that nobody else ever took."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule
from tocsin.detect.obtained import see_persons
from tocsin.detect.prepare import PACKAGE
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query


class LonePaths(Rule):
    """Never enough alone: somebody is the first to use a new screen."""

    name = "lone_path"
    query = "lone_paths"
    sentence = _(
        "Nobody else ever took {paths} of the paths by which this account reached {persons} patients."
    )
    values = ("paths", "persons")

    def find(self, case: Case, engine: Engine) -> str:
        """Whom such a path reached is looked up for the few accounts that alone took one."""
        engine.create("lone_shapes", load_query(PACKAGE, "lone_shapes"))
        if not engine.count("select count(*) from lone_shapes"):
            return "select * from findings where false"
        accounts = "select account from lone_shapes"
        engine.view(
            "lone_events", f"select * from events where object is not null and account in ({accounts})"
        )
        see_persons(case, engine, "lone_events")
        return super().find(case, engine)
