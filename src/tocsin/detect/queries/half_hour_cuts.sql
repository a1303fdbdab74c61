-- SPDX-License-Identifier: Apache-2.0
-- half_hour_cuts: which session each half hour belongs to, by the event that begins it; cut as
--   `event_sessions` cuts.
-- reads   half_hours, session_seats
-- gives   half_hour_cuts: one row per habit and half hour of these accounts
-- binds   (none)
with

-- Whole numbers are sorted and compared in half the time that instants take, and few of them are carried along.
acts as (
    select
        a.habit,
        a.half_hour,
        moment_id(a.first)  as first_event_id,
        s.actor,
        s.seat,
        s.is_logged,
        moment_us(a.first)  as first_us,
        epoch_us(a.last_at) as last_us
    from half_hours as a
    join session_seats as s
      on s.habit = a.habit
),

paced as (
    select
        * exclude (is_logged, last_us),
        case
            when lag(last_us) over pace is null
                or (not is_logged and first_us - lag(last_us) over pace > 30 * 60 * 1000000)
                then first_event_id
        end as begins
    from acts
    window pace as (
        partition by seat
        order by first_us, first_event_id
    )
)

select
    habit,
    half_hour,
    actor,
    last_value(begins ignore nulls) over (
        partition by seat
        order by first_us, first_event_id
        rows between unbounded preceding and current row
    ) as session
from paced
