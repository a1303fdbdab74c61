-- SPDX-License-Identifier: Apache-2.0
-- silences: hours in which a log holds no record, though it does at that hour on most other days.
--   1. Each log's hours, from its first record to its last. 2. How often each hour of the day is silent.
--   3. Silent hours that usually are not, joined where they follow one another.
-- reads   event_pace, file_series
-- gives   one row per stretch of silence, the longest first
-- binds   $zone, $most

with

spoken as (
    select
        f.series,
        p.hour_at,
        sum(p.events) as events
    from event_pace as p
    join file_series as f
      on f.file_number = p.file_number
    group by f.series, p.hour_at
),

spans as (
    select series, min(hour_at) as first_hour, max(hour_at) as last_hour
    from spoken
    group by series
    having max(hour_at) - min(hour_at) < interval 4000 days
),

hours as (
    select
        series,
        unnest(generate_series(first_hour, last_hour, interval 1 hour)) as hour_at
    from spans
),

heard as (
    select
        h.series,
        h.hour_at,
        s.events is null                                    as is_silent,
        hour(h.hour_at at time zone $zone)                  as local_hour
    from hours as h
    left join spoken as s
      on s.series = h.series
     and s.hour_at = h.hour_at
),

usual as (
    select series, local_hour, avg(cast(is_silent as integer)) as silent_share
    from heard
    group by series, local_hour
),

silent as (
    select
        h.series,
        h.hour_at,
        h.hour_at - to_hours(row_number() over (partition by h.series order by h.hour_at)) as stretch
    from heard as h
    join usual as u
      on u.series = h.series
     and u.local_hour = h.local_hour
    where h.is_silent
      and u.silent_share < 0.5
)

select
    series,
    min(hour_at)                        as from_at,
    max(hour_at) + interval 1 hour      as until_at,
    count(*)                            as hours,
    count(*) over ()                    as total
from silent
group by series, stretch
order by hours desc, series, from_at
limit $most
