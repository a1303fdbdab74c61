# SPDX-License-Identifier: Apache-2.0
"""Each source against the clock: what is lost, what is lacking, what is safe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.settings.spans import Span
from tocsin.preserve.expiry import Expiry, Urgency, by_urgency, weigh

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
SIX_MONTHS = Span(months=6)
FIRST, LAST = datetime(2024, 1, 1), datetime(2026, 12, 1)  # noqa: DTZ001  # Hypothesis gives them their zone
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def weighed(
    retention: Span | None = SIX_MONTHS,
    *,
    needed: datetime | None = None,
    first: datetime | None = None,
    copied: bool = False,
) -> Expiry:
    return weigh(retention, now=NOW, needed_from=needed, first_at=first, is_copied=copied)


def test_source_expires_on_the_day_its_first_needed_record_is_erased() -> None:
    found = weighed(needed=datetime(2026, 5, 12, 8, tzinfo=UTC), first=datetime(2026, 5, 12, 8, tzinfo=UTC))
    assert found.urgency is Urgency.EXPIRES
    assert found.expires_at == datetime(2026, 11, 12, 8, tzinfo=UTC)
    assert found.days_left == 11
    assert not found.lacks


def test_source_is_losing_when_its_oldest_record_is_as_old_as_the_policy() -> None:
    found = weighed(first=datetime(2026, 5, 1, 8, tzinfo=UTC))
    assert found.urgency is Urgency.LOSING
    assert found.days_left == 0


def test_source_says_what_is_gone_already_when_it_is_lacking() -> None:
    needed, first = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    found = weighed(needed=needed, first=first)
    assert (found.lacks_from, found.lacks_until) == (needed, first)
    assert found.lost_until == found.kept_from == datetime(2026, 5, 1, 8, tzinfo=UTC)


def test_source_is_safe_when_it_is_copied_and_nothing_is_lacking() -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    assert weighed(needed=first, first=first, copied=True).urgency is Urgency.SAFE
    assert not weighed(first=first, copied=True).is_urgent


def test_copy_does_not_make_safe_what_the_case_lacks() -> None:
    found = weighed(
        needed=datetime(2026, 10, 1, tzinfo=UTC), first=datetime(2026, 10, 20, tzinfo=UTC), copied=True
    )
    assert found.urgency is Urgency.EXPIRES
    assert found.lacks


def test_source_without_a_policy_is_unknown_and_never_given_a_date() -> None:
    found = weighed(None, needed=datetime(2026, 10, 1, tzinfo=UTC))
    assert found.urgency is Urgency.UNKNOWN
    assert found.expires_at is None
    assert found.lacks


def test_source_without_records_loses_a_day_a_day_when_nobody_knows_since_when() -> None:
    assert weighed().urgency is Urgency.LOSING


def test_most_urgent_comes_first() -> None:
    losing = weighed(first=datetime(2025, 1, 1, tzinfo=UTC))
    soon = weighed(first=datetime(2026, 6, 1, tzinfo=UTC))
    late = weighed(first=datetime(2026, 10, 1, tzinfo=UTC))
    unknown = weighed(None)
    safe = weighed(first=datetime(2026, 10, 1, tzinfo=UTC), copied=True)
    assert sorted([safe, late, unknown, soon, losing], key=by_urgency) == [losing, unknown, soon, late, safe]


@given(st.none() | INSTANTS, st.none() | INSTANTS, st.integers(1, 36), st.booleans())
def test_source_loses_exactly_one_day_each_day(
    needed: datetime | None, first: datetime | None, months: int, copied: bool
) -> None:
    def at(now: datetime) -> Expiry:
        return weigh(Span(months), now=now, needed_from=needed, first_at=first, is_copied=copied)

    today, tomorrow = at(NOW), at(NOW + timedelta(days=1))
    assert today.lacks == tomorrow.lacks
    assert (today.urgency is Urgency.SAFE) == (copied and not today.lacks)
    if today.days_left is not None and tomorrow.days_left is not None:
        assert tomorrow.days_left == max(0, today.days_left - 1)
