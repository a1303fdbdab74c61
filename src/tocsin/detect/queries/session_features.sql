-- SPDX-License-Identifier: Apache-2.0
-- session_features: every session of every account, with what tells an owner from a thief.
-- reads   session_acts, session_habits, session_persons, search_steps, actors, declared, new_places
-- gives   session_features: one row per session of these accounts
-- binds   $zone, $first, $last
with

acts as not materialized (
    select
        *,
        first_at at time zone cast($zone as varchar) as local_at
    from session_acts
    where actor between $first and $last
),

-- Sorted, then gone through in that order; nothing but numbers.
sorted as (
    select *
    from acts
    order by actor, first_at, session
),

begun as (
    select
        *,
        row_number() over () - 1                  as sessions_before,
        actor is distinct from lag(actor) over () as begins
    from sorted
),

turns as (
    select
        * exclude (sessions_before, begins),
        cast(
            1 + sessions_before - max(case when begins then sessions_before end) over (rows unbounded preceding)
        as integer) as turn
    from begun
),

-- First what is counted, then what is named: a row grows wide once.
counted as materialized (
    select
        o.*,
        coalesce(n.persons, 0)     as persons,
        coalesce(n.new_persons, 0) as new_persons,
        coalesce(n.unexplained, 0) as unexplained,
        coalesce(n.unshared, 0)    as unshared,
        coalesce(n.elsewhere, 0)   as elsewhere,
        coalesce(n.untied, 0)      as untied,
        coalesce(n.pairs, 0)       as pairs,
        coalesce(n.near_pairs, 0)  as near_pairs,
        coalesce(t.steps, 0)       as steps,
        coalesce(t.rising, 0)      as rising
    from turns as o
    left join session_persons as n
      on n.session = o.session
    left join search_steps as t
      on t.session = o.session
     and t.actor between $first and $last
),

placed as (
    select
        o.* exclude (habit),
        h.source,
        h.account,
        h.device,
        h.address,
        h.client,
        a.role,
        a.organisation,
        d.actor is not null as is_new_device,
        x.actor is not null as is_new_address
    from counted as o
    join session_habits as h
      on h.habit = o.habit
     and h.actor between $first and $last
    join actors as a
      on a.actor = o.actor
    left join new_places as d
      on d.kind = 'device'
     and d.place = h.device
     and d.actor = o.actor
     and d.first_at = o.first_at
    left join new_places as x
      on x.kind = 'address'
     and x.place = h.address
     and x.actor = o.actor
     and x.first_at = o.first_at
),

declared_sessions as (
    select distinct s.session
    from acts as s
    join actors as a
      on a.actor = s.actor
    join declared as d
      on d.account = a.account
    where (d.from_at is null or d.from_at <= s.first_at)
      and (d.until_at is null or s.first_at < d.until_at)
)

select
    p.* exclude (local_at),
    p.local_at::date                                              as day,
    hour(p.local_at)                                              as hour,
    d.session is not null                                         as is_declared
from placed as p
left join declared_sessions as d
  on d.session = p.session
