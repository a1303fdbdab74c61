# SPDX-License-Identifier: Apache-2.0
"""The outbox by itself: whatever happens in whatever order, nobody is in two boxes or in none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tocsin.notify.outbox import Claimed, Outbox, Settled, State

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "settle", "die", "resolve", "bounce", "again", "publish", "decide"]),
        st.sampled_from([State.ACCEPTED, State.QUEUED, State.FAILED, State.UNCERTAIN, State.DELIVERED]),
        st.integers(1, 4),
    ),
    max_size=25,
)


def filled(outbox: Outbox, wave: int, size: int) -> None:
    kinds = [
        ("email", State.QUEUED),
        ("post", State.QUEUED),
        ("none", State.NO_ROUTE),
        ("suppressed", State.SUPPRESSED),
    ]
    outbox.fill(
        wave,
        [
            (n, kinds[n % 4][0], f"<{wave:016x}{n:016x}@x>", kinds[n % 4][1], "", "person")
            for n in range(size)
        ],
    )


@given(st.integers(1, 12), STEPS)
def test_every_person_is_in_one_box_whatever_happens(size: int, steps: list[tuple[str, State, int]]) -> None:
    with closing(Outbox(":memory:")) as outbox:
        filled(outbox, 1, size)
        held: list[Claimed] = []
        now = 0.0
        for step, state, number in steps:
            if step == "claim":
                held += outbox.claim("email", number, now=now, lease=10)
            elif step == "settle":
                outbox.settle(
                    [Settled(row, state, "bounced" if state is State.FAILED else "") for row in held]
                )
                held = []
            elif step == "die":
                now += 11
            elif step == "resolve":
                outbox.settle([Settled(row, state) for row in outbox.in_doubt("email", now=now)])
            elif step == "bounce":
                outbox.note_bounces([(f"{1:016x}{number:016x}", "5.1.1")])
                outbox.add(
                    (w, p, "post", f"<{p}-{w}@y>", "after_bounce")
                    for w, p in outbox.failed_by("email", ("bounced%", "returned%"))
                )
            elif step == "again":
                filled(outbox, number % 2 + 1, size)
            elif step == "publish":
                outbox.publish([1])
            else:
                outbox.decide_uncertain(state)
            assert sum(outbox.standing().values()) == outbox.persons() == size


def opened(tmp_path: Path) -> Outbox:
    outbox = Outbox.open(tmp_path)
    outbox.fill(1, [(n, "email", f"<{n}@x>", State.QUEUED, "", "person") for n in range(10)])
    return outbox


def test_two_senders_never_hold_one_row(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as one, closing(Outbox.open(tmp_path)) as other:
        first, second = one.claim("email", 6, now=0, lease=10), other.claim("email", 6, now=0, lease=10)
        assert len(first) == 6
        assert len(second) == 4
        assert not {row.id for row in first} & {row.id for row in second}


def test_sender_that_comes_back_after_its_lease_changes_nothing(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as outbox:
        late = outbox.claim("email", 3, now=0, lease=10)
        taken_over = outbox.in_doubt("email", now=11)
        assert outbox.settle([Settled(row, State.FAILED) for row in late]) == 3
        assert outbox.settle([Settled(row, State.ACCEPTED) for row in taken_over]) == 0
        assert outbox.standing() == {"accepted": 3, "queued": 7}


def test_row_under_a_lease_is_in_nobody_s_doubt(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as outbox:
        outbox.claim("email", 3, now=0, lease=10)
        assert outbox.in_doubt("email", now=9) == []
        assert outbox.next_lease_end("email") == 10


def test_wave_put_in_twice_is_in_once(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as outbox:
        assert (
            outbox.fill(1, [(n, "email", f"<{n}-b@x>", State.QUEUED, "", "person") for n in range(10)]) == 0
        )
        assert outbox.standing() == {"queued": 10}


def test_outbox_is_its_owner_s_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert (tmp_path / "notices" / "outbox.sqlite").stat().st_mode & 0o077 == 0


def test_what_is_due_leaves_before_what_was_put_off(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as outbox:
        first = outbox.claim("email", 3, now=0.0, lease=10)
        outbox.settle([Settled(row, State.QUEUED, "451", not_before=5.0) for row in first])
        assert [row.id for row in outbox.claim("email", 4, now=6.0, lease=10)] == [4, 5, 6, 7]
        assert [row.id for row in outbox.claim("email", 9, now=6.0, lease=10)] == [8, 9, 10, 1, 2, 3]
        assert outbox.waiting("email") == 0


def test_what_was_put_off_waits_for_its_time(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as outbox:
        rows = outbox.claim("email", 10, now=0.0, lease=10)
        outbox.settle([Settled(row, State.QUEUED, "451", not_before=float(row.id)) for row in rows])
        assert [row.id for row in outbox.claim("email", 10, now=2.0, lease=10)] == [1, 2]
        assert (outbox.waiting("email"), outbox.waiting("post")) == (8, 0)
