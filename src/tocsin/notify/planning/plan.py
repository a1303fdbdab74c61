# SPDX-License-Identifier: Apache-2.0
"""The forecast of what is still to leave, released or not: duration, cost and calls.

What nobody set is assumed, and each assumption is named in `assumed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import CallSettings, NotifySettings
from tocsin.core.words import _
from tocsin.notify.moved import READS, count_next_wave
from tocsin.notify.outbox import Outbox
from tocsin.notify.pace import limited_domains, refuse_bounds, refuse_limits
from tocsin.notify.planning.calls import CallDay, forecast, rates_of
from tocsin.notify.planning.cost import Cost, cost_of
from tocsin.notify.planning.sample import PAGES_ASSUMED, sample_pages
from tocsin.notify.planning.schedule import Leaving, by_days, by_hours
from tocsin.notify.run import run
from tocsin.store.case import Case
from tocsin.store.query import load_query

USUAL: Final = {"email": 360_000, "sms": 36_000, "post": 50_000}
"""Without a limit of case.toml: e-mails and messages an hour, letters a day. Assumed, and said to be."""

Counts = dict[str, dict[str, int]]
"""Notices by channel and domain; a channel without domains has one without a name."""


class Plan(msgspec.Struct, frozen=True):
    """What is still to leave: when, at what cost, and what the call centre must expect."""

    reasons: dict[str, int]
    """Why persons would be in the next wave, which is not released yet; empty when nobody would."""
    counts: Counts
    leaving: list[Leaving]
    costs: list[Cost]
    calls: list[CallDay]
    rates: dict[str, tuple[float, float]]
    pages: dict[int, float]
    """Share of letters that have so many pages."""
    assumed: list[str]
    """Codes of what nobody set and nothing measured."""

    @property
    def notices(self) -> int:
        """All that is still to leave."""
        return sum(one.notices for one in self.leaving)

    @property
    def last_at(self) -> datetime | None:
        """When the last notice arrives."""
        return max((one.last_at for one in self.leaving if one.last_at), default=None)

    @property
    def calls_between(self) -> tuple[float, float]:
        """Calls at least and at most, in all."""
        return sum(day.low for day in self.calls), sum(day.high for day in self.calls)


def plan(case: Case, now: datetime) -> Plan:
    """Raises InputError before the case has been run, and for settings that no plan can follow."""
    run(case)
    settings = case.settings.notify
    _refuse_settings(settings)
    reasons, counts = _counted(case)
    begins_at = (settings.plan.begins_at or now).astimezone(ZoneInfo(case.settings.case.zone))
    sampled = sample_pages(case) if counts.get("post") else {}
    pages = sampled or PAGES_ASSUMED
    try:
        leaving = [_leaving(settings, channel, counts[channel], begins_at) for channel in counts]
        calls = forecast(leaving, settings.calls)
    except ValueError as error:
        raise InputError(
            _("No plan can be made: {why}."),
            do=_("Look at [notify.plan] and [notify.calls] in case.toml."),
            where=case.folder / "case.toml",
            code="no_plan",
            why=str(error),
        ) from None
    costs = [
        cost_of(
            one.channel,
            one.notices,
            settings.prices,
            pages,
            two_sided=settings.post.two_sided,
        )
        for one in leaving
    ]
    assumed = _assumed(settings, counts, has_pages=bool(sampled))
    return Plan(reasons, counts, leaving, costs, calls, rates_of(settings.calls), dict(pages), assumed)


def _counted(case: Case) -> tuple[dict[str, int], Counts]:
    with closing(Outbox.open(case.folder)) as outbox:
        queued = outbox.queued()
    waiting = pa.table(
        {
            "person_id": pa.array([person for person, _channel in queued], pa.int64()),
            "channel": pa.array([channel for _person, channel in queued], pa.string()),
        }
    )
    counts: Counts = {}
    with case.engine(*READS) as engine:
        reasons = count_next_wave(case, engine)
        engine.register("waiting", waiting)
        for channel, domain, notices in engine.rows(load_query("tocsin.notify", "plan_counts")):
            counts.setdefault(str(channel), {})[str(domain)] = int(str(notices))
    return reasons, counts


def _leaving(
    settings: NotifySettings, channel: str, counts: Mapping[str, int], begins_at: datetime
) -> Leaving:
    planned = settings.plan
    if channel == "post":
        per_day = planned.post_per_day or USUAL["post"]
        return by_days(
            channel, sum(counts.values()), begins_at=begins_at, per_day=per_day, transit=planned.letter_days
        )
    return by_hours(
        channel,
        counts,
        begins_at=begins_at,
        per_hour=_per_hour(settings, channel),
        limits=limited_domains(planned) if channel == "email" else {},
        hours=planned.hours,
    )


def _per_hour(settings: NotifySettings, channel: str) -> int:
    if channel == "sms":
        return settings.plan.sms_per_hour or USUAL["sms"]
    paced = int(settings.email.rate * 3600)
    limits = [one for one in (settings.plan.email_per_hour, paced) if one]
    return min(limits, default=USUAL["email"])


def _assumed(settings: NotifySettings, counts: Counts, *, has_pages: bool) -> list[str]:
    calls, planned = settings.calls, settings.plan
    found = {
        "begins_now": planned.begins_at is None,
        "speed_of_email": "email" in counts and not (planned.email_per_hour or settings.email.rate),
        "speed_of_sms": "sms" in counts and not planned.sms_per_hour,
        "speed_of_post": "post" in counts and not planned.post_per_day,
        "pages": "post" in counts and not has_pages,
        "segments": "sms" in counts,
        "rates": not calls.basis or any(channel not in calls.rates for channel in counts),
        "spread": True,
        "holidays": True,
    }
    return [code for code, holds in found.items() if holds]


def _refuse_settings(settings: NotifySettings) -> None:
    """Raise InputError for limits below one, hours that do not go up, shares and rates out of bounds."""
    refuse_limits(settings)
    calls = settings.calls
    if not 0 <= settings.plan.letter_days <= 60:
        refuse_bounds("notify.plan")
    if not _goes_up(calls.hours) or not _is_possible(calls):
        refuse_bounds("notify.calls")


def _goes_up(hours: tuple[int, int]) -> bool:
    return 0 <= hours[0] < hours[1] <= 24


def _is_possible(calls: CallSettings) -> bool:
    rates = all(0 <= low <= high <= 10 for low, high in calls.rates.values())
    days = bool(calls.days) and set(calls.days) <= set(range(1, 8))
    spread = bool(calls.spread) and min(calls.spread) >= 0 and 0 < sum(calls.spread) < 1e6
    return (
        rates and days and spread and 0 < calls.share < 1 and 0 < calls.minutes <= 600 and calls.seconds >= 0
    )
