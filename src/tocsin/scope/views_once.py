# SPDX-License-Identifier: Apache-2.0
"""A database tells a statement on a view twice: of the view, and of the table under it. Its rows bound once.

Both records stay in scope and unresolved; only the table's adds nothing to a ceiling. Records on tables that
the statement names itself add up: one row of a join may show two persons.
"""

from __future__ import annotations

from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"


def count_views_once(engine: Engine) -> None:
    """In `unknown_events`, give what a view's record bounds already the bound 0; reads `fates` as settled."""
    engine.create("told_through_views", load_query(PACKAGE, "told_through_views"))
    engine.run(
        "update unknown_events set bound = 0"
        " where event_id in (select t.event_id from told_through_views as t)"
    )
    engine.drop("told_through_views")
