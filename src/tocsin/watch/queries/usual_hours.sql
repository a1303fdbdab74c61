-- SPDX-License-Identifier: Apache-2.0
-- usual_hours: the hours of the week in which a source spoke in each of the last weeks of its log.
--   Weeks are counted back from the source's last event.
-- reads   events
-- gives   one row per source and hour (0 is Monday, midnight); the hour is null where there is none
-- binds   $zone, $weeks, $least_weeks
with

latest as (
    select
        source,
        max(occurred_at) as until_at,
        min(occurred_at) as from_at
    from events
    group by source
),

known as (
    select
        *,
        least(cast($weeks as bigint), date_diff('day', from_at, until_at) // 7) as weeks
    from latest
),

spoken as (
    select
        e.source,
        (isodow(timezone($zone, e.occurred_at)) - 1) * 24 + hour(timezone($zone, e.occurred_at)) as hour,
        date_diff('second', e.occurred_at, k.until_at) // 604800                                as week,
        k.weeks
    from events as e
    join known as k
      on k.source = e.source
    where k.weeks >= $least_weeks
      and e.occurred_at > k.until_at - to_days(7 * k.weeks)
),

each_week as (
    select
        source,
        hour
    from spoken
    group by source, hour, weeks
    having count(distinct week) = weeks
)

select
    k.source,
    w.hour
from known as k
left join each_week as w
  on w.source = k.source
where k.weeks >= $least_weeks
order by k.source, w.hour
