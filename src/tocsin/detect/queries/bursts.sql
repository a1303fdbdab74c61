-- SPDX-License-Identifier: Apache-2.0
-- bursts: more distinct persons within an hour, or a day, than anybody of the role needs.
--   The quota is twice what 95 in 100 accounts of the role never pass, and never under the least: three times
--   as much for a day. A day alone is never enough for an alarm: people do catch up. Nor is an hour little
--   above the quota, from a place that the account knows: people do have days of bulk work.
--   A role of fewer than twenty accounts has no habit of its own: what no role here needs is its quota, and ten
--   times as much within an hour is enough for an alarm.
-- reads   bulk_views, session_features, actors
-- gives   one row per account: its largest excess
-- binds   $least
with

owned as (
    select
        session,
        turn > 5 and (is_new_device or is_new_address) as is_new_place
    from session_features
    where not is_declared
),

counted as (
    select
        v.actor,
        v.hours,
        v.spell,
        min(v.seen_at)            as first_at,
        max(v.seen_at)            as last_at,
        count(*)                  as events,
        count(distinct v.number)  as persons,
        bool_or(f.is_new_place)   as is_new_place
    from bulk_views as v
    join owned as f
      on f.session = v.session
    group by v.actor, v.hours, v.spell
),

-- Of hours with as many persons, the first.
largest as (
    select *
    from counted
    qualify row_number() over (partition by actor, hours order by persons desc, spell) = 1
),

acting as (
    select distinct
        a.actor,
        a.account,
        a.role
    from actors as a
    semi join (select f.actor from session_features as f where f.persons > 0 and not f.is_declared) as h
      on h.actor = a.actor
),

ranked as (
    select
        a.actor,
        a.account,
        a.role,
        h.hours,
        coalesce(l.persons, 0) as persons,
        l.first_at,
        l.last_at,
        l.events,
        l.is_new_place
    from acting as a
    cross join (select unnest([1, 24]) as hours) as h
    left join largest as l
      on l.actor = a.actor
     and l.hours = h.hours
),

habits as (
    select
        role,
        hours,
        greatest(
            case when hours = 1 then $least else 3 * $least end,
            2 * cast(quantile_disc(persons, 0.95) as bigint)
        )               as quota,
        count(*) >= 20  as is_habit
    from ranked
    group by role, hours
),

quotas as (
    select
        role,
        hours,
        is_habit,
        case
            when is_habit then quota
            else coalesce(
                max(quota) filter (where is_habit) over (partition by hours),
                case when hours = 1 then $least else 3 * $least end
            )
        end as quota
    from habits
),

passed as (
    select
        l.*,
        q.quota,
        q.is_habit,
        case
            when l.hours = 24 then 0.45
            when q.is_habit and l.persons >= 1.5 * q.quota and l.is_new_place then 0.9
            when q.is_habit and l.persons >= 1.5 * q.quota then 0.7
            when q.is_habit and l.is_new_place then 0.55
            when l.persons >= 10 * q.quota then 0.55
            else 0.45
        end as p
    from ranked as l
    join quotas as q
      on q.role = l.role
     and q.hours = l.hours
    where l.persons > q.quota
)

select
    account,
    hours,
    quota,
    is_habit,
    cast(persons as double) / quota as score,
    p,
    first_at,
    last_at,
    events,
    persons
from passed
qualify row_number() over (partition by account order by p desc, hours) = 1
