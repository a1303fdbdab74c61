# SPDX-License-Identifier: Apache-2.0
"""One account at two places, sooner than anybody gets from one to the other.

Where addresses lie is what `[[places]]` says, and nothing else. An address alone accuses nobody: what is
found stays below the threshold.
"""

from __future__ import annotations

from typing import Final

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Bound, Rule
from tocsin.detect.holders import find_holders
from tocsin.detect.prepare import PACKAGE, READS
from tocsin.detect.reasons import reason_sql
from tocsin.detect.score.campaigns import MOST_ACCOUNTS
from tocsin.store.addresses import digits_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

LEAST_KM: Final = 50.0
"""Nearer places, what is not sure taken off, are one region: a screen may be shared across it."""

SETTLED: Final = 5
"""A place among an account's first sessions is its own."""

FRESH: Final = 7
"""Days after which a place is new to an account no more."""

WITNESSES: Final = 3
"""Accounts at home elsewhere that came from a range from the beginning: it is not where it is said to be."""

_KM_BETWEEN: Final = """create or replace temp macro km_between(north, east, north_too, east_too) as
12742 * asin(sqrt(least(
    1,
    power(sin(radians(north - north_too) / 2), 2)
    + cos(radians(north)) * cos(radians(north_too)) * power(sin(radians(east - east_too) / 2), 2)
)))"""
"""The great circle (haversine), on a sphere of the earth's mean radius."""

_SEEN: Final = _(
    "Of {addresses} addresses that accounts came from, {fixed} lie at a known place; {moving} are a"
    " carrier's, a remote access's or a shared way out, and tell no place. Of the others nothing is known."
)

_MISTAKEN: Final = _(
    "Ranges that are not where they are said to be: {ranges} ({places}). Several accounts whose place is"
    " elsewhere came from each of them from the beginning; they tell no place."
)


class Travels(Rule):
    """Never enough alone."""

    name = "travel"
    query = "travels"
    reads = (*READS, "address_ranges")
    sentence = _(
        "{times} times, the account read at two places too far apart for the time between them: at worst from"
        " {from_place} to {to_place}, {km} km at least in {minutes} minutes ({persons} patients at the place"
        " that was new to it)."
    )
    values = ("times", "from_place", "to_place", "km", "minutes", "persons")

    def can_see(self, case: Case) -> bool:
        """Where the site tells where addresses lie."""
        return bool(case.settings.sources) and bool(case.settings.places)

    def binds(self, case: Case) -> dict[str, Bound]:
        """The speed beyond which nobody travels, and how near is one region."""
        speed = case.settings.detect.travel_kmh
        return {"settled": SETTLED, "speed": speed, "least": LEAST_KM, "fresh": FRESH}

    def find(self, case: Case, engine: Engine) -> str:
        """Place every address once, then look at journeys."""
        addresses = "select distinct address from session_features where address is not null"
        engine.create(
            "address_digits", f"select address, {digits_sql('address')} as digits from ({addresses})"
        )
        find_holders(engine)
        engine.create("address_places", load_query(PACKAGE, "address_places"))
        engine.create("place_visits", load_query(PACKAGE, "place_visits"), most=MOST_ACCOUNTS)
        engine.run(_KM_BETWEEN)
        mistaken = load_query(PACKAGE, "mistaken_ranges")
        engine.create("mistaken_ranges", mistaken, settled=SETTLED, least=LEAST_KM, witnesses=WITNESSES)
        return super().find(case, engine)

    def sight_sql(self, case: Case, engine: Engine) -> str:
        """How many addresses lie at a known place, and which ranges are told wrongly."""
        del case, engine
        places = {name: name for name in ("addresses", "fixed", "moving")}
        mistaken = {name: name for name in ("ranges", "places")}
        return (
            f"select 'places' as code, '' as about, fixed::double as value, {_said('places', _SEEN, places)}"
            " from (select (select count(*) from address_digits) as addresses,"
            " count(*) filter (where kind = 'fixed') as fixed,"
            " count(*) filter (where kind <> 'fixed') as moving from address_places)"
            " union all by name"
            " select 'mistaken_ranges' as code, '' as about, ranges::double as value,"
            f" {_said('mistaken_ranges', _MISTAKEN, mistaken)}"
            " from (select count(*) as ranges, string_agg(distinct place, ', ' order by place) as places"
            " from mistaken_ranges) where ranges > 0"
        )


def _said(code: str, sentence: str, values: dict[str, str]) -> str:
    """A sentence in both languages, as columns."""
    reason = reason_sql(code, sentence, values)
    return f"({reason}) ->> 'fr' as fr, ({reason}) ->> 'en' as en"
