-- SPDX-License-Identifier: Apache-2.0
-- worker_hours: how many got what they asked for in each hour, and how many usually do.
--   1. usual is the median of the same hour of the other working days, or of the other days of week-ends; of two
--      others at least
--   2. an hour is out when a tenth of the usual number or less got anything, or when half of what was asked,
--      and twenty requests at least, was refused by a failing service (5xx)
--   3. hours run to the last one of all sources: a service that never came back is out up to there
-- reads   workers, busy
-- gives   worker_hours: one row per source and hour of which something usual is known, or with refusals
with counts as (
    select
        source,
        hour,
        count(*) as workers
    from workers
    group by
        source,
        hour
),
stretches as (
    select
        source,
        greatest(min(hour), (select max(b.hour) from busy as b) - interval 3 year) as first_hour,
        (select max(b.hour) from busy as b) as last_hour
    from counts
    group by source
),
calendar as (
    select
        source,
        unnest(generate_series(first_hour, last_hour, interval 1 hour)) as hour
    from stretches
),
hours as (
    select
        c.source,
        c.hour,
        coalesce(n.workers, 0) as workers,
        coalesce(b.refused, 0) as refused,
        coalesce(b.events, 0) as events
    from calendar as c
    left join counts as n
        on n.source = c.source
        and n.hour = c.hour
    left join busy as b
        on b.source = c.source
        and b.hour = c.hour
        and b.node is null
),
usual as (
    select
        source,
        hour(hour) as hour_of_day,
        isodow(hour) > 5 as is_weekend,
        median(workers) as workers,
        count(*) as days
    from hours
    group by
        source,
        hour(hour),
        isodow(hour) > 5
)
select
    h.source,
    h.hour,
    h.workers,
    h.refused,
    case when u.days >= 3 then u.workers else 0 end as usual,
    (u.days >= 3 and u.workers >= 3 and h.workers <= 0.1 * u.workers)
    or (h.refused >= 20 and h.refused * 2 >= h.events) as is_out
from hours as h
inner join usual as u
    on u.source = h.source
    and u.hour_of_day = hour(h.hour)
    and u.is_weekend = (isodow(h.hour) > 5)
where (u.days >= 3 and u.workers >= 3)
    or (h.refused >= 20 and h.refused * 2 >= h.events)
