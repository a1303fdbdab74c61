-- SPDX-License-Identifier: Apache-2.0
-- silences: stretches without a record that the same hours of other days make all but impossible.
--   1. a stretch is ten minutes or more between two minutes that hold a record, or between one and a bound of
--      the declared period
--   2. its probability is the product, over its hours, of that of no record under the Poisson-gamma law of
--      `usual`, an hour counting for the part of it that the stretch holds
--   3. it is found when this probability times the number of stretches tried stays below one in a million
-- reads   events, busy, usual, source_facts
-- gives   silences: one row per stretch found
with units as (
    select distinct
        source,
        node
    from busy
),
minutes as (
    select distinct
        e.source,
        u.node,
        date_trunc('minute', e.occurred_at) as minute
    from events as e
    inner join units as u
        on u.source = e.source
        and (u.node is null or u.node = e.node)
    where e.occurred_at is not null
),
bounded as (
    select *
    from minutes
    union
    select
        u.source,
        u.node,
        unnest([f.period_from, f.period_until])
    from units as u
    inner join source_facts as f
        on f.source = u.source
),
stretches as (
    select
        source,
        node,
        lag(minute) over (partition by source, node order by minute) as from_at,
        minute as until_at
    from bounded
    where minute is not null
),
tried as (
    select
        *,
        count(*) over (partition by source, node) as trials
    from stretches
    where until_at - from_at >= interval 10 minute
        and until_at - from_at < interval 1 year
),
cut as (
    select
        t.*,
        unnest(generate_series(date_trunc('hour', t.from_at), t.until_at, interval 1 hour)) as hour
    from tried as t
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
        * (
            epoch(least(c.until_at, c.hour + interval 1 hour)) - epoch(greatest(c.from_at, c.hour))
        ) / 3600 as expected,
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
    where c.hour < c.until_at
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
