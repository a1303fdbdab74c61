-- SPDX-License-Identifier: Apache-2.0
-- event_cuts: which session each event belongs to, by the event that begins it; cut as `event_sessions` cuts.
-- reads   habit_acts, session_seats
-- gives   event_cuts: one row per event of these accounts
-- binds   $first, $last
with

-- Whole numbers are sorted and compared in half the time that instants take.
acts as (
    select
        a.event_id,
        a.occurred_at,
        a.habit,
        a.actor,
        a.kind,
        s.seat,
        s.is_logged,
        epoch_us(a.occurred_at) as us
    from habit_acts as a
    join session_seats as s
      on s.habit = a.habit
    where a.actor between $first and $last
),

paced as (
    select
        *,
        case
            when lag(us) over pace is null
                or (not is_logged and us - lag(us) over pace > 30 * 60 * 1000000)
                then event_id
        end as begins
    from acts
    window pace as (
        partition by seat
        order by us, event_id
    )
)

select
    event_id,
    occurred_at,
    habit,
    actor,
    kind,
    last_value(begins ignore nulls) over (
        partition by seat
        order by us, event_id
        rows between unbounded preceding and current row
    ) as first_event_id
from paced
