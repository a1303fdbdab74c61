# SPDX-License-Identifier: Apache-2.0
"""When: the first and the last access examined, how sure these dates are, who became aware and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tocsin.core.words import local_time
from tocsin.declare.facts.known import NO, YES, Known
from tocsin.declare.ground import NO_FIGURE, Ground, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.texts import tell

TICK: Final = timedelta(microseconds=1)
"""`period.until` is not included: the last access is just before."""


def _instant(ground: Ground, path: str) -> datetime:
    text = ground.part(path)
    if text is None:
        raise Missing(NO_FIGURE, path)
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def _period(ground: Ground) -> tuple[datetime, datetime]:
    """The first and the last access examined; raises Missing."""
    ground.examined()
    return _instant(ground, "period.from"), _instant(ground, "period.until") - TICK


def occurrence(ground: Ground, _: Input) -> Known:
    """One day, or a range of days, in the zone of the case."""
    first, last = _period(ground)
    zone = str(ground.setting("case.zone"))
    return Known("day" if local_time(first, zone).date() == local_time(last, zone).date() else "range")


def begin(ground: Ground, _: Input) -> Known:
    """The first access examined."""
    return Known(_period(ground)[0].isoformat())


def end(ground: Ground, _: Input) -> Known:
    """The last access examined."""
    return Known(_period(ground)[1].isoformat())


def estimated(ground: Ground, _: Input) -> Known:
    """Yes, where records set aside or holes in the logs may hold an earlier or a later access."""
    ground.examined()
    aside = ground.whole("scope.set_aside")
    if ground.figure_or_none("counts.persons.ceiling") is None:
        return Known(YES)
    return Known(YES if aside or ground.whole("counts.persons.ceiling_parts.gaps") else NO)


def date_method(ground: Ground, _: Input) -> Known:
    """Which logs the dates come from, and what they may have missed."""
    events = ground.examined()
    rows = ground.keys("accounting")
    sources = [str(ground.part(f"accounting.{at}.source")) for at in rows]
    records = sum(ground.whole(f"accounting.{at}.records") for at in rows)
    aside = ground.whole("scope.set_aside")
    return Known(
        tell(ground, "date_method", events=events, sources=sources, records=records, aside=aside),
    )


def aware_at(ground: Ground, _: Input) -> Known:
    """The decision that the clocks rest on, else what case.toml says."""
    try:
        return Known(str(ground.clock("controller_aware_at")))
    except Missing:
        return Known(str(ground.setting("case.became_aware_at")))


def processor_aware_at(ground: Ground, _: Input) -> Known:
    """The decision that the processor's clock rests on."""
    return Known(str(ground.clock("processor_aware_at")))


def discovery(ground: Ground, _: Input) -> Known:
    """Who became aware, when, and what held the accounts to be illegitimate."""
    at = str(ground.setting("case.became_aware_at"))
    by = str(ground.setting("case.became_aware_by"))
    origins: dict[str, int] = {}
    for row in ground.keys("accounts"):
        if ground.part(f"accounts.{row}.verdict") in ("illegitimate", "doubtful"):
            origin = str(ground.part(f"accounts.{row}.origin"))
            origins[origin] = origins.get(origin, 0) + 1
    if not origins:  # an address alone, or a file, may be what is held
        ground.examined()
    return Known(tell(ground, "discovery", at=at, by=by, origins=origins))


def timeline_comments(ground: Ground, _: Input) -> Known:
    """How long, in how many sessions, with how many refusals."""
    first, last = _period(ground)
    rows = [row for row in ground.keys("accounts") if _is_judged(ground, row)]
    sessions = sum(ground.whole(f"accounts.{row}.sessions") for row in rows)
    reasons = ground.keys("nothing_shown")
    refused = ground.whole("nothing_shown.failure") if "failure" in reasons else 0
    return Known(
        tell(
            ground,
            "timeline_comments",
            first=first.isoformat(),
            last=last.isoformat(),
            minutes=round((last - first).total_seconds() / 60),
            accounts=len(rows),
            sessions=sessions,
            refused=refused,
            events=ground.examined(),
        )
    )


def _is_judged(ground: Ground, row: str) -> bool:
    return ground.part(f"accounts.{row}.verdict") in ("illegitimate", "doubtful")
