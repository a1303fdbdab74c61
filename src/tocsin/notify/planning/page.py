# SPDX-License-Identifier: Apache-2.0
"""The forecast as people read it: a document, and the same as a page with one picture of the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import Final

from markupsafe import Markup

from tocsin.core.words import Words, words
from tocsin.notify.letter import clean, filled, marked_up, notice_words, page_holding
from tocsin.notify.pace import limited_domains
from tocsin.notify.planning.calls import CallDay
from tocsin.notify.planning.plan import USUAL, Plan
from tocsin.store.case import Case

_DOMAINS: Final = 8
_MARK: Final = "{calls}"
_WIDE, _HIGH, _FOOT = 640, 220, 34


def document_of(case: Case, made: Plan, lang: str) -> str:
    """The whole forecast in words; the line `{calls}` stands where the picture goes."""
    said = words(lang)
    return filled(f"plan.{lang}.j2", lang, **_values(case, made, said))


def page_of_plan(case: Case, made: Plan, lang: str) -> str:
    """As a page that fetches and runs nothing."""
    before, _mark, after = document_of(case, made, lang).partition(_MARK)
    body = Markup("\n").join(
        [marked_up(before.strip()), picture(made.calls, words(lang)), marked_up(after.strip())]
    )
    return page_holding(lang, notice_words(lang)["plan"]["title"], body)


def text_of(document: str) -> str:
    """Without the place of the picture."""
    return document.replace(f"{_MARK}\n\n", "").replace(_MARK, "")


def picture(days: Sequence[CallDay], said: Words) -> Markup:
    """A bar a day, dark up to the fewest calls, light up to the most; the numbers stand in the list below."""
    if not days:
        return Markup("")
    most = max(day.high for day in days) or 1.0
    wide = _WIDE / len(days)
    bars = Markup("").join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
            f"{at * wide + wide * 0.1:.1f}",
            f"{_HIGH - _FOOT - calls / most * (_HIGH - _FOOT - 18):.1f}",
            f"{wide * 0.8:.1f}",
            f"{calls / most * (_HIGH - _FOOT - 18):.1f}",
            fill,
        )
        for at, day in enumerate(days)
        for calls, fill in ((day.high, "#9bbcd8"), (day.low, "#1b5583"))
    )
    every = max(1, -(-len(days) // 8))
    labels = Markup("").join(
        Markup('<text x="{}" y="{}" font-size="13" text-anchor="middle" fill="#111">{}</text>').format(
            f"{at * wide + wide / 2:.1f}", _HIGH - 12, day.day.strftime("%d/%m")
        )
        for at, day in enumerate(days)
        if at % every == 0
    )
    title = notice_words(said.lang)["plan"]["picture"].format(most=said.number(round(most)))
    return Markup(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}">'
        '<text x="4" y="13" font-size="13" fill="#111">{}</text>{}{}</svg>'
    ).format(_WIDE, _HIGH, title, title, bars, labels)


def _values(case: Case, made: Plan, said: Words) -> dict[str, object]:
    return _in_short(case, made, said) | _by_channel(case, made, said) | _grounds(case, made, said)


def _in_short(case: Case, made: Plan, said: Words) -> dict[str, object]:
    """How many, until when, at what cost, with how many calls."""
    zone, told = case.settings.case.zone, notice_words(said.lang)["plan"]
    busiest = max(made.calls, key=lambda day: day.peak_high, default=None)
    known = [one.total for one in made.costs if one.total is not None]
    return {
        "total": said.number(made.notices),
        "reasons": [
            told["counted"].format(name=told["reasons"].get(why, why), value=said.number(n))
            for why, n in made.reasons.items()
        ],
        "last": said.instant(made.last_at, zone) if made.last_at else "",
        "cost": _money(sum(known), case, said),
        "missing": sorted({name for one in made.costs for name in one.missing}),
        "calls": _span(*made.calls_between, said),
        "busiest": _day(busiest, said) if busiest else {},
        "days": [_day(day, said) for day in made.calls],
    }


def _by_channel(case: Case, made: Plan, said: Words) -> dict[str, object]:
    """When each begins and ends, and what it costs."""
    zone, names = case.settings.case.zone, notice_words(said.lang)["plan"]["channels"]
    costs = {one.channel: one for one in made.costs}
    return {
        "channels": [
            {
                "name": names[one.channel],
                "notices": said.number(one.notices),
                "first": said.instant(one.first_at, zone) if one.first_at else "",
                "last": said.instant(one.last_at, zone) if one.last_at else "",
                "cost": _cost(costs[one.channel].total, case, said),
                "domains": _domains(case, made.counts[one.channel], said) if one.channel == "email" else [],
            }
            for one in made.leaving
        ],
        "has_post": any(one.channel == "post" for one in made.leaving),
    }


def _grounds(case: Case, made: Plan, said: Words) -> dict[str, object]:
    """What the forecast rests on: rates of calls, pages, what nobody set and is assumed."""
    told, calls = notice_words(said.lang)["plan"], case.settings.notify.calls
    usual = {name: said.number(n) for name, n in USUAL.items()}
    return {
        "rates": [
            {
                "name": told["channels"][one.channel],
                "low": said.share(made.rates[one.channel][0]),
                "high": said.share(made.rates[one.channel][1]),
            }
            for one in made.leaving
        ],
        "basis": clean(calls.basis),
        "pages": [
            told["counted"].format(name=told["pages"].format(n=n), value=said.share(share))
            for n, share in made.pages.items()
        ],
        "minutes": said.number(calls.minutes),
        "seconds": said.number(calls.seconds),
        "share": said.share(calls.share),
        "assumed": [told["assumed"][code].format(**usual) for code in made.assumed],
    }


def _day(day: CallDay, said: Words) -> dict[str, str]:
    return {
        "day": day.day.strftime("%d/%m/%Y") if said.lang == "fr" else day.day.isoformat(),
        "calls": _span(day.low, day.high, said),
        "peak": _span(day.peak_low, day.peak_high, said),
        "agents": _span(day.agents_low, day.agents_high, said),
    }


def _span(low: float, high: float, said: Words) -> str:
    """`2 à 3`: rounded outwards; one number when both are one."""
    ends = floor(low), ceil(high)
    if ends[0] == ends[1]:
        return said.number(ends[0])
    return str(notice_words(said.lang)["plan"]["span"].format(*(said.number(one) for one in ends)))


def _domains(case: Case, counts: Mapping[str, int], said: Words) -> list[dict[str, str]]:
    """Those with a limit, then the largest; the others are in the sum above."""
    limits = limited_domains(case.settings.notify.plan)
    order = sorted(counts, key=lambda one: (one not in limits, -counts[one], one))
    return [
        {
            "name": clean(name),
            "notices": said.number(counts[name]),
            "limit": said.number(limits[name]) if name in limits else "",
        }
        for name in order[: max(_DOMAINS, len(limits))]
    ]


def _cost(total: float | None, case: Case, said: Words) -> str:
    return "" if total is None else _money(total, case, said)


def _money(total: float, case: Case, said: Words) -> str:
    return f"{said.number(round(total))}\u00a0{clean(case.settings.notify.prices.currency)}"
