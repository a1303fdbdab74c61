-- SPDX-License-Identifier: Apache-2.0
-- bursts: more distinct persons within an hour, or a day, than anybody of the role needs.
--   The quota is twice what 95 in 100 accounts of the role never pass, and never under the least: three times
--   as much for a day. A day alone is never enough for an alarm: people do catch up.
-- reads   session_views, session_features
-- gives   one row per account: its largest excess
-- binds   $least
with

views as (
    select
        f.account,
        f.role,
        v.person,
        v.seen_at
    from session_views as v
    join session_features as f
      on f.session = v.session
    where not f.is_declared
),

spells as (
    select
        account,
        role,
        1                                     as hours,
        time_bucket(interval 1 hour, seen_at) as spell,
        min(seen_at)                          as first_at,
        max(seen_at)                          as last_at,
        count(*)                              as events,
        count(distinct person)                as persons
    from views
    group by all
    union all
    select
        account,
        role,
        24                                    as hours,
        time_bucket(interval 1 day, seen_at)  as spell,
        min(seen_at)                          as first_at,
        max(seen_at)                          as last_at,
        count(*)                              as events,
        count(distinct person)                as persons
    from views
    group by all
),

largest as (
    select
        account,
        role,
        hours,
        max(persons)                  as persons,
        arg_max(first_at, persons)    as first_at,
        arg_max(last_at, persons)     as last_at,
        arg_max(events, persons)      as events
    from spells
    group by account, role, hours
),

quotas as (
    select
        role,
        hours,
        greatest(
            case when hours = 1 then $least else 3 * $least end,
            2 * cast(quantile_disc(persons, 0.95) as bigint)
        ) as quota
    from largest
    group by role, hours
    having count(*) >= 20
),

passed as (
    select
        l.*,
        q.quota,
        case
            when l.hours = 24 then 0.45
            when l.persons >= 1.5 * q.quota then 0.7
            else 0.55
        end as p
    from largest as l
    join quotas as q
      on q.role = l.role
     and q.hours = l.hours
    where l.persons > q.quota
)

select
    account,
    hours,
    quota,
    cast(persons as double) / quota as score,
    p,
    first_at,
    last_at,
    events,
    persons
from passed
qualify row_number() over (partition by account order by p desc, hours) = 1
