-- SPDX-License-Identifier: Apache-2.0
-- silences: stretches without a record that the same hours of other days make all but impossible.
--   1. a stretch is ten minutes or more between two minutes that hold a record, or between one and a bound of
--      the declared period: from the end of the one minute to the beginning of the other
--   2. its probability is the product, over its hours, of that of no record under the Poisson-gamma law of
--      `usual`, an hour counting for the part of its records that usually fall in the stretch: who leaves work
--      at ten to six every day is not silent at five to
--   3. it is found when this probability times the number of stretches tried stays below one in a million
-- reads   events, busy, usual, source_facts
-- gives   silences: one row per stretch found
with units as (
    select distinct
        source,
        node
    from busy
),
minutes as materialized (
    select
        e.source,
        u.node,
        date_trunc('minute', e.occurred_at) as minute,
        count(*) as events
    from events as e
    inner join units as u
        on u.source = e.source
        and (u.node is null or u.node = e.node)
    where e.occurred_at is not null
    group by
        e.source,
        u.node,
        date_trunc('minute', e.occurred_at)
),
clock as (
    select
        source,
        node,
        hour(minute) as hour_of_day,
        minute(minute) as minute_of_hour,
        sum(events) as events
    from minutes
    group by
        source,
        node,
        hour(minute),
        minute(minute)
),
bounds as (
    select
        u.source,
        u.node,
        unnest([f.period_from, f.period_until]) as bound
    from units as u
    inner join source_facts as f
        on f.source = u.source
),
busy_minutes as (
    select
        source,
        node,
        minute as from_at,
        minute + interval 1 minute as until_at
    from minutes
    union all
    select
        source,
        node,
        bound as from_at,
        bound as until_at
    from bounds
    where bound is not null
),
stretches as (
    select
        source,
        node,
        lag(until_at) over in_time as from_at,
        from_at as until_at
    from busy_minutes
    window in_time as (partition by source, node order by from_at, until_at)
),
tried as (
    select
        *,
        count(*) over (partition by source, node) as trials
    from stretches
    where until_at - from_at >= interval 10 minute
        and until_at - from_at < interval 1 year
),
hours as (
    select
        *,
        unnest(generate_series(date_trunc('hour', from_at), until_at, interval 1 hour)) as hour
    from tried
),
cut as (
    select
        *,
        greatest(epoch(from_at) - epoch(hour), 0) as first_second,
        least(epoch(until_at) - epoch(hour), 3600) as last_second
    from hours
    where hour < until_at
),
parts as (
    select
        c.source,
        c.node,
        c.from_at,
        c.hour,
        sum(k.events) filter (
            where 60 * k.minute_of_hour >= c.first_second
                and 60 * k.minute_of_hour + 60 <= c.last_second
        ) / sum(k.events) as part
    from cut as c
    inner join clock as k
        on k.source = c.source
        and k.node is not distinct from c.node
        and k.hour_of_day = hour(c.hour)
    where c.last_second - c.first_second < 3600
    group by
        c.source,
        c.node,
        c.from_at,
        c.hour
),
typical as (
    -- Beyond the last record there is no hour to look up: the mean of the same hour of the week stands in.
    select
        source,
        node,
        isodow(hour) as weekday,
        hour(hour) as hour_of_day,
        avg(mean) as mean,
        any_value(shape) as shape
    from usual
    where mean is not null
    group by
        source,
        node,
        isodow(hour),
        hour(hour)
),
weighed as (
    select
        c.source,
        c.node,
        c.from_at,
        c.until_at,
        c.trials,
        coalesce(u.mean, t.mean)
        * case when c.last_second - c.first_second < 3600 then coalesce(p.part, 0) else 1 end as expected,
        coalesce(u.shape, t.shape) as shape
    from cut as c
    left join usual as u
        on u.source = c.source
        and u.node is not distinct from c.node
        and u.hour = c.hour
    left join typical as t
        on t.source = c.source
        and t.node is not distinct from c.node
        and t.weekday = isodow(c.hour)
        and t.hour_of_day = hour(c.hour)
    left join parts as p
        on p.source = c.source
        and p.node is not distinct from c.node
        and p.from_at = c.from_at
        and p.hour = c.hour
),
judged as (
    select
        source,
        node,
        from_at,
        until_at,
        any_value(trials) as trials,
        sum(expected) as expected,
        sum(shape * ln(shape / (shape + expected))) as log_p
    from weighed
    where expected is not null
    group by
        source,
        node,
        from_at,
        until_at
)
select
    source,
    node,
    from_at,
    until_at,
    cast(round(expected) as bigint) as expected,
    cast(trials as bigint) as trials,
    log_p / ln(10) as log10_p
from judged
where log_p + ln(trials) < ln(0.000001)
