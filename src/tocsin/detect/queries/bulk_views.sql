-- SPDX-License-Identifier: Apache-2.0
-- bulk_views: whom accounts saw in hours and days that may hold a burst.
--   Where even all views together stay under half the least, how many persons they were changes no quota.
-- reads   bucket_views
-- gives   bulk_views: one row per hour or day of these accounts, session and person
-- binds   $least
with

-- Hours since 1970: numbers are grouped sooner than instants are cut.
views as not materialized (
    select
        session,
        actor,
        number,
        make_timestamptz(seen_us) as seen_at,
        seen_us // 3600000000     as hour
    from bucket_views
),

hours as (
    select
        actor,
        hour,
        count(*) as views
    from views
    group by actor, hour
),

days as (
    select
        actor,
        hour // 24 as day
    from hours
    group by actor, hour // 24
    having 2 * sum(views) > 3 * $least
)

select
    v.session,
    v.actor,
    v.number,
    v.seen_at,
    1                          as hours,
    to_timestamp(v.hour * 3600) as spell
from views as v
semi join (select h.actor, h.hour from hours as h where 2 * h.views > $least) as h
  on h.actor = v.actor
 and h.hour = v.hour
union all
select
    v.session,
    v.actor,
    v.number,
    v.seen_at,
    24                                   as hours,
    to_timestamp(v.hour // 24 * 86400)   as spell
from views as v
semi join days as d
  on d.actor = v.actor
 and d.day = v.hour // 24
