# SPDX-License-Identifier: Apache-2.0
"""Before a wave leaves: what the forecast adds up to, and what it does when nothing was set."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import exp, factorial
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parsed

from tests.unit.notify.scenes import email_settings, person, told_case
from tocsin.cli.main import cli
from tocsin.core.errors import InputError
from tocsin.core.settings.notify import CallSettings, PriceSettings
from tocsin.notify.planning.agents import agents_needed
from tocsin.notify.planning.calls import ASSUMED, forecast
from tocsin.notify.planning.cost import cost_of, weight_of
from tocsin.notify.planning.plan import plan
from tocsin.notify.planning.schedule import Leaving, by_days, by_hours

FRIDAY = datetime(2026, 6, 12, 9, 30, tzinfo=UTC)

PLANNED = """
[notify.plan]
begins_at = 2026-06-12T09:00:00+02:00
email_per_hour = 10
domains = { "example.com" = 1 }
[notify.prices]
email = 0.5
[notify.calls]
rates = { email = [0.5, 1.0] }
basis = "the first day of another wave"
"""


@pytest.mark.parametrize(
    ("calls", "minutes", "seconds", "share", "agents"),
    [
        (0, 6, 60, 0.8, 0),
        (200, 3, 20, 0.8, 14),  # 10 erlangs: the textbook's example
        (100, 3, 20, 0.8, 8),
    ],
)
def test_agents_are_those_of_the_tables_of_erlang_c(
    calls: float, minutes: float, seconds: float, share: float, agents: int
) -> None:
    assert agents_needed(calls, minutes=minutes, seconds=seconds, share=share) == agents


@pytest.mark.parametrize("load", [1, 7, 40, 100])
def test_agents_are_the_fewest_by_the_formula_written_out(load: int) -> None:
    """Sums of exact fractions, which share nothing with the recursion."""

    def in_time(agents: int) -> float:
        last = Fraction(load**agents, factorial(agents)) * Fraction(agents, agents - load)
        others = sum(Fraction(load**n, factorial(n)) for n in range(agents))
        return 1 - float(last / (others + last)) * exp(-(agents - load) * 20 / 180)

    found = agents_needed(load * 20, minutes=3, seconds=20, share=0.8)
    assert in_time(found) >= 0.8
    assert found == load + 1 or in_time(found - 1) < 0.8


def test_more_agents_than_anybody_has_is_said() -> None:
    with pytest.raises(ValueError, match="more agents"):
        agents_needed(10_000_000, minutes=6, seconds=60, share=0.8)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a.fr", "b.fr", "c.fr"]), st.integers(0, 500)),
    st.dictionaries(st.sampled_from(["a.fr", "b.fr"]), st.integers(1, 50)),
    st.integers(1, 80),
)
def test_every_notice_leaves_once_and_no_limit_is_passed(
    counts: dict[str, int], limits: dict[str, int], per_hour: int
) -> None:
    made = by_hours("email", counts, begins_at=FRIDAY, per_hour=per_hour, limits=limits, hours=(8, 20))
    assert made.notices == sum(made.arrivals.values()) == sum(counts.values())
    assert all(0 < sent <= per_hour and 8 <= at.hour < 20 for at, sent in made.arrivals.items())
    for domain, limit in limits.items():
        assert len(made.arrivals) >= -(-counts.get(domain, 0) // min(limit, per_hour))


def test_hour_that_has_begun_is_not_counted_on() -> None:
    begun = FRIDAY.replace(minute=50)
    made = by_hours("email", {"a.fr": 3}, begins_at=begun, per_hour=2, limits={}, hours=(8, 20))
    assert [at - FRIDAY.replace(minute=0) for at in made.arrivals] == [timedelta(hours=1), timedelta(hours=2)]


def test_letters_are_posted_and_delivered_on_working_days_alone() -> None:
    made = by_days("post", 250, begins_at=FRIDAY, per_day=100, transit=3)
    days = [(at.date().isoformat(), sent) for at, sent in made.arrivals.items()]
    assert days == [("2026-06-17", 100), ("2026-06-18", 100), ("2026-06-19", 50)]


def test_calls_add_up_and_come_while_the_telephone_is_answered() -> None:
    sent = Leaving("email", 1_000, FRIDAY, FRIDAY, {FRIDAY.replace(minute=0, hour=22): 1_000})
    days = forecast([sent], CallSettings(rates={"email": (0.1, 0.2)}))
    assert [day.day.isoformat() for day in days] == ["2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18"]
    assert (round(sum(day.low for day in days), 6), round(sum(day.high for day in days), 6)) == (100, 200)
    assert {hour for day in days for hour, _low, _high in day.hours} == set(range(9, 18))
    assert [day.agents_high for day in days] == sorted((day.agents_high for day in days), reverse=True)


def test_letter_pays_for_its_weight() -> None:
    prices = PriceSettings(letter=0.1, page=0.02, postage={"20": 1.0, "100": 2.0})
    assert (weight_of(3, prices, two_sided=True), weight_of(3, prices, two_sided=False)) == (15.0, 20.0)
    cost = cost_of("post", 100, prices, {3: 0.5, 7: 0.5}, two_sided=True)
    assert cost.total == pytest.approx(50 * (0.1 + 0.06 + 1.0) + 50 * (0.1 + 0.14 + 2.0))


def test_cost_without_a_price_is_unknown_and_not_nought() -> None:
    empty = PriceSettings()
    assert cost_of("email", 5, empty, {}, two_sided=True).missing == ("email",)
    assert cost_of("post", 5, empty, {3: 1.0}, two_sided=True).total is None
    too_heavy = msgspec.structs.replace(empty, letter=0.1, page=0.1, postage={"5": 1.0})
    assert cost_of("post", 5, too_heavy, {3: 1.0}, two_sided=True).missing == ("postage",)


def test_plan_says_when_the_last_arrives_what_it_costs_and_who_will_call(tmp_path: Path) -> None:
    folder, page = tmp_path / "case", tmp_path / "plan.html"
    told_case(folder, [person(1), person(2), person(3)], settings=email_settings(1) + PLANNED).close()
    asked = ["notify", str(folder), "plan", "--to", str(page), "--json", "--lang", "en"]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["result"]
    assert (told["notices"], told["reasons"]) == (3, {"new": 3})
    assert told["counts"] == {"email": {"example.com": 3}}
    assert told["last_at"] == "2026-06-12 11:00:00+02:00"  # one an hour from nine o'clock
    assert told["costs"] == [{"channel": "email", "notices": 3, "total": 1.5, "missing": []}]
    assert told["calls_between"] == pytest.approx([1.5, 3.0])
    assert "rates" not in told["assumed"]
    read = parsed.fromstring(page.read_text("utf-8"))
    assert len(read.findall(".//svg/rect")) == 2 * len(told["calls"])
    assert not read.findall(".//script")
    assert "p1@example.com" not in page.read_text("utf-8")


def test_what_nobody_set_is_assumed_and_said_to_be(tmp_path: Path) -> None:
    with told_case(tmp_path / "case", [person(1)], settings=email_settings(1)) as case:
        made = plan(case, FRIDAY)
    assert made.rates == dict(ASSUMED)
    assert {"begins_now", "speed_of_email", "rates"} <= set(made.assumed)
    assert made.costs[0].total is None
    assert made.last_at is not None
    assert made.last_at - FRIDAY < timedelta(hours=1)


@pytest.mark.parametrize(
    "wrong",
    [
        "[notify.plan]\nemail_per_hour = 0\n",
        "[notify.plan]\nhours = [20, 8]\n",
        '[notify.plan]\ndomains = { "example.com" = -1 }\n',
        "[notify.calls]\nrates = { email = [0.5, 0.1] }\n",
        "[notify.calls]\nspread = []\n",
        "[notify.calls]\nshare = 1.0\n",
        "[notify.calls]\ndays = [8]\n",
    ],
)
def test_setting_out_of_bounds_is_refused_by_its_name(tmp_path: Path, wrong: str) -> None:
    with (
        told_case(tmp_path / "case", [person(1)], settings=email_settings(1) + wrong) as case,
        pytest.raises(InputError, match=r"notify\.(plan|calls)"),
    ):
        plan(case, FRIDAY)
