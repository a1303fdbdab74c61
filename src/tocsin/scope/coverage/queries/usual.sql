-- SPDX-License-Identifier: Apache-2.0
-- usual: how much a source usually tells in hours comparable to each hour of its stretch, and how unevenly.
--   1. comparable are the same hour of the same weekday when at least three others were seen, else the same hour
--      of working days, or of the two days of the week-end
--   2. the hour itself is left out of its own mean; where the median is lower it holds: one busy night, as of a
--      theft, does not make every night a busy one
--   3. Poisson-gamma: the variance of an hour is its mean + mean² / shape; the shape is that of the whole source,
--      by moments, between 0.5 and 1,000
-- reads   busy
-- gives   usual: one row per source, node and hour, hours without a record included; of three years at most
with stretches as (
    select
        source,
        node,
        greatest(min(hour), max(hour) - interval 3 year) as first_hour,
        max(hour) as last_hour
    from busy
    group by
        source,
        node
),
calendar as (
    select
        s.source,
        s.node,
        unnest(generate_series(s.first_hour, s.last_hour, interval 1 hour)) as hour
    from stretches as s
),
hours as (
    select
        c.source,
        c.node,
        c.hour,
        hour(c.hour) as hour_of_day,
        isodow(c.hour) as weekday,
        isodow(c.hour) > 5 as is_weekend,
        coalesce(b.events, 0) as events
    from calendar as c
    left join busy as b
        on b.source = c.source
        and b.node is not distinct from c.node
        and b.hour = c.hour
),
sums as (
    select
        *,
        count(*) over same_weekday - 1 as weekdays,
        sum(events) over same_weekday - events as in_weekdays,
        median(events) over same_weekday as of_weekdays,
        count(*) over same_kind - 1 as days,
        sum(events) over same_kind - events as in_days,
        median(events) over same_kind as of_days
    from hours
    window
        same_weekday as (partition by source, node, weekday, hour_of_day),
        same_kind as (partition by source, node, is_weekend, hour_of_day)
),
means as (
    select
        source,
        node,
        hour,
        events,
        case
            when weekdays >= 3 then least(in_weekdays / weekdays, of_weekdays)
            when days >= 3 then least(in_days / days, of_days)
        end as mean
    from sums
),
shapes as (
    select
        source,
        node,
        case
            when sum((events - mean) * (events - mean) - mean) <= 0 then 1000
            else least(
                1000,
                greatest(0.5, sum(mean * mean) / sum((events - mean) * (events - mean) - mean))
            )
        end as shape
    from means
    where mean is not null
    group by
        source,
        node
)
select
    m.source,
    m.node,
    m.hour,
    m.events,
    m.mean,
    s.shape
from means as m
left join shapes as s
    on s.source = m.source
    and s.node is not distinct from m.node
