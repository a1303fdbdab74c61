# SPDX-License-Identifier: Apache-2.0
"""What one witness leaves open and another tells exactly: settled, so that one act is not counted as two.

A witness never takes anything away that was disclosed; where two contradict one another, both stand.
"""

from __future__ import annotations

from tocsin.core.terms import NothingShown
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"


NOTHING_SETTLED = "select null::bigint as event_id, null::bigint as settled_by where false"
"""Where no request is told by two sources."""


def settle_by_witnesses(engine: Engine) -> None:
    """Make `settled_events`; in `fates` their fate is then nothing_shown, and they leave `unknown_events`."""
    if engine.value("select 1 from request_acts limit 1") is None:
        engine.create("settled_events", NOTHING_SETTLED)
        return
    engine.create("told_events", load_query(PACKAGE, "told_events"))
    engine.create("settled_events", load_query(PACKAGE, "settled_events"))
    engine.run(
        "update fates set fate = 'nothing_shown', reason = $reason"
        " where event_id in (select s.event_id from settled_events as s)",
        reason=NothingShown.WITNESS.value,
    )
    engine.run("delete from unknown_events where event_id in (select s.event_id from settled_events as s)")
    engine.drop("told_events")


def drop_changes_told_twice(engine: Engine) -> None:
    """Of `changed`, drop the unnamed change of a settled event whose witness names what was changed."""
    engine.run(
        "delete from changed where record is null and event_id in ("
        "select s.event_id from settled_events as s inner join joined_acts as a on a.event_id = s.event_id"
        " inner join joined_acts as w on w.act_id = a.act_id and w.source <> a.source and w.custody_rank < 3"
        " inner join changed as c on c.event_id = w.event_id where c.record is not null)"
    )
