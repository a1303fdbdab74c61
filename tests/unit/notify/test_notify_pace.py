# SPDX-License-Identifier: Apache-2.0
"""Limits of [notify.plan] while sending: never more than was allowed, whatever stops and resumes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.notify.scenes import email_settings, person, told_case
from tocsin.core.errors import InputError
from tocsin.core.settings.notify import PlanSettings
from tocsin.notify.delivery import BEGAN, send_all
from tocsin.notify.interface import Channel, Fate, Handed, Kind, Notice
from tocsin.notify.limits import Counted, Even, Opening
from tocsin.notify.outbox import Outbox, Settled, State
from tocsin.notify.pace import Pace, make_pace
from tocsin.notify.released import releases
from tocsin.notify.sending import Sender, Sent
from tocsin.notify.waves import fill_outbox, release
from tocsin.store.case import Case

NOON = datetime(2026, 6, 12, 10, tzinfo=UTC).timestamp()
PARIS = "Europe/Paris"


class Clock:
    """Goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Taker(Channel):
    """Takes everything, and writes down when and for whom."""

    name = "taker"

    def __init__(self, clock: Clock, kind: Kind = "email") -> None:
        self.kind, self._clock = kind, clock
        self.taken: list[tuple[float, str]] = []

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        for notice in notices:
            self.taken.append((self._clock(), notice.email or notice.lines[-1]))
            yield Handed(notice.message_id, Fate.ACCEPTED)

    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        return dict.fromkeys(message_ids, Fate.ABSENT)

    def times(self, domain: str) -> list[float]:
        return [at for at, mailbox in self.taken if mailbox.endswith(domain)]


def most_in(times: Sequence[float], span: float) -> int:
    """The most that any span holds, its end not included."""
    return max((sum(first <= at < first + span for at in times) for first in times), default=0)


def mailbox(number: int, domain: str) -> dict[str, object]:
    return person(number, email=f"p{number}@{domain}")


def paced_case(folder: Path, rows: Sequence[Mapping[str, object]], plan: str) -> None:
    with told_case(folder, rows, settings=email_settings(25) + f"[notify.plan]\n{plan}\n") as case:
        release(case, why="read", named="DPO")


def send(folder: Path, clock: Clock, taker: Taker, limit: int | None = None) -> Sent:
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        last, pace = releases(case)[-1], make_pace(case, outbox, taker.kind)
        return Sender(case, outbox, taker, last, pace=pace, clock=clock, wait=clock.wait).send(limit=limit)


def test_domain_is_held_to_its_limit_and_the_others_do_not_wait_for_it(tmp_path: Path) -> None:
    rows = [mailbox(n, "slow.example.com" if n <= 20 else "quick.example.com") for n in range(1, 31)]
    paced_case(tmp_path / "case", rows, 'domains = { "Slow.example.com" = 10 }')
    taker = Taker(clock := Clock())
    assert send(tmp_path / "case", clock, taker).is_whole
    assert sorted(mailbox for _at, mailbox in taker.taken) == sorted(str(row["email"]) for row in rows)
    assert taker.times("quick.example.com") == [NOON] * 10
    slow = taker.times("slow.example.com")
    assert most_in(slow, 3600) == 10
    assert slow[-1] - slow[0] < 3600 * 2 + 60


def test_resumed_sending_counts_what_the_one_before_sent(tmp_path: Path) -> None:
    paced_case(
        tmp_path / "case", [mailbox(n, "slow.example.com") for n in range(1, 13)], "email_per_hour = 6"
    )
    taker = Taker(clock := Clock())
    while not send(tmp_path / "case", clock, taker, limit=2).is_whole:
        pass
    assert len(taker.taken) == 12
    assert most_in([at for at, _ in taker.taken], 3600) == 6


def test_limit_that_was_raised_or_taken_away_speeds_the_next_sending_up_at_once(tmp_path: Path) -> None:
    folder, held = tmp_path / "case", 'domains = { "slow.example.com" = 1 }'
    paced_case(folder, [mailbox(n, "slow.example.com") for n in range(1, 9)], held)
    taker = Taker(clock := Clock())
    send(folder, clock, taker, limit=2)
    assert NOON + 3600 <= (before := clock.now) < NOON + 3700
    path = folder / "case.toml"
    path.write_text(path.read_text("utf-8").replace(held, held.replace("1", "3600")), "utf-8")
    send(folder, clock, taker, limit=2)
    assert before <= clock.now < before + 10
    before = clock.now
    path.write_text(path.read_text("utf-8").replace(held.replace("1", "3600"), ""), "utf-8")
    assert send(folder, clock, taker).is_whole
    assert (clock.now, len(taker.taken)) == (before, 8)


def test_quota_of_a_day_stops_and_says_when_it_goes_on(tmp_path: Path) -> None:
    rows = [person(n, email=None) for n in range(1, 6)]
    paced_case(tmp_path / "case", rows, "post_per_day = 3")
    taker = Taker(clock := Clock(), "post")
    sent = send(tmp_path / "case", clock, taker)
    assert (len(taker.taken), sent.is_whole) == (3, False)
    assert sent.goes_on_at == "2026-06-12T22:00:00+00:00"
    assert send(tmp_path / "case", clock, taker).handed == 0
    clock.now = datetime.fromisoformat(sent.goes_on_at).timestamp()
    assert send(tmp_path / "case", clock, taker).is_whole
    assert len(taker.taken) == 5


@pytest.mark.parametrize(
    ("begins_at", "hours", "opens_at"),
    [
        ("", (8, 12), "2026-06-13T06:00:00+00:00"),
        ("", (14, 18), "2026-06-12T12:00:00+00:00"),
        ("", (12, 13), "2026-06-12T10:00:00+00:00"),
        ("2026-06-15T09:00:00+02:00", (0, 24), "2026-06-15T07:00:00+00:00"),
        ("2026-06-14T23:00:00+02:00", (9, 18), "2026-06-15T07:00:00+00:00"),
        ("2026-06-01T09:00:00+02:00", (0, 24), "2026-06-12T10:00:00+00:00"),
    ],
)
def test_nothing_leaves_outside_the_hours_or_before_the_beginning(
    begins_at: str, hours: tuple[int, int], opens_at: str
) -> None:
    opening = Opening(datetime.fromisoformat(begins_at) if begins_at else None, hours, PARIS)
    assert opening.opens_at(NOON) == datetime.fromisoformat(opens_at).timestamp()


def test_sending_refuses_limits_of_no_sense_and_journals_those_it_is_held_to(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    paced_case(folder, [person(1)], 'domains = { "example.com" = 0 }')
    with pytest.raises(InputError, match="out of bounds"):
        send_all(lambda read_only: Case(folder, by="DPO", read_only=read_only), ["email"])
    with Case(folder, by="DPO") as case:
        assert not [one for one in case.journal.entries() if one.kind == BEGAN]


OFFERS = st.lists(st.tuples(st.integers(1, 60), st.floats(0, 2_000), st.floats(0, 300)), max_size=40)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([Even(1), Even(7), Even(300)]), OFFERS)
def test_no_hour_holds_more_than_its_limit(rule: Even, offers: list[tuple[int, float, float]]) -> None:
    """Batches one after the other, each sent at any moment between its claim and its record."""
    used, at, now, sent = 0.0, 0.0, NOON, list[float]()
    for wanted, pause, takes in offers:
        now += pause
        size = min(wanted, rule.room(rule.level(used, at, now), 0))
        sent += [now + takes * place / size for place in range(size)]
        now += takes
        used, at = rule.level(used, at, now) + size, now
    assert most_in(sent, 3600) <= rule.per_hour


def test_limit_is_used_up_to_nine_tenths_when_there_is_enough_to_send() -> None:
    rule, now, used, at, sent = Even(600), NOON, 0.0, 0.0, 0
    while now < NOON + 10 * 3600:
        now = rule.ready_at(rule.level(used, at, now), 0, now)
        size = rule.room(rule.level(used, at, now), 0)
        assert size
        used, at, sent = rule.level(used, at, now) + size, now, sent + size
    assert 5_400 <= sent <= 6_010


def test_what_is_in_flight_counts_until_somebody_knows_better() -> None:
    pace = Pace("email", PlanSettings(domains={"slow.example.com": 60}), PARIS)
    with closing(Outbox(":memory:")) as outbox:
        outbox.fill(1, [(n, "email", f"<{n}@x>", State.QUEUED, "", "person") for n in range(3)])
        outbox.put_into_lanes("email", [(n, "slow.example.com") for n in range(3)])
        [row] = outbox.claim("email", 10, now=NOON, lease=10, pace=pace)
        assert outbox.claim("email", 10, now=NOON + 3600, lease=10, pace=pace) == []
        [doubted] = outbox.in_doubt("email", now=NOON + 3600)
        outbox.settle([Settled(doubted, State.QUEUED, "looked_up")], now=NOON + 3600, pace=pace)
        [again] = outbox.claim("email", 10, now=NOON + 3600, lease=10, pace=pace)
        outbox.settle([Settled(again, State.ACCEPTED, is_offered=True)], now=NOON + 3600, pace=pace)
        assert outbox.claim("email", 10, now=NOON + 3630, lease=10, pace=pace) == []
        assert len(outbox.claim("email", 10, now=NOON + 3661, lease=10, pace=pace)) == 1
        assert row.lane == "slow.example.com"


def test_day_of_two_clock_changes_has_one_quota() -> None:
    rule = Counted(5, "day", PARIS)
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert rule.level(5, before, before + 22 * 3600) == 5
    assert rule.level(5, before, datetime(2026, 10, 25, 23, 1, tzinfo=UTC).timestamp()) == 0
    assert Opening(None, (0, 24), PARIS).opens_at(before) == before
    assert rule.ready_at(5, 0, before) == datetime(2026, 10, 25, 23, tzinfo=UTC).timestamp()
