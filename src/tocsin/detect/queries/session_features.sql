-- SPDX-License-Identifier: Apache-2.0
-- session_features: every session of every account, with what tells an owner from a thief.
--   A place that another account of the organisation used before is a workstation, not a new place.
-- reads   session_acts, session_persons, search_steps, actors, declared
-- gives   session_features: one row per session
-- binds   $zone
with

placed as (
    select
        s.*,
        a.actor,
        a.role,
        a.organisation,
        row_number() over (partition by a.actor order by s.first_at, s.session) as turn,
        s.device is not null
            and min(s.first_at) over (partition by a.actor, s.device) = s.first_at
            and (
                a.organisation is null
                or min(s.first_at) over (partition by a.organisation, s.device) = s.first_at
            ) as is_new_device,
        s.address is not null
            and min(s.first_at) over (partition by a.actor, s.address) = s.first_at
            and (
                a.organisation is null
                or min(s.first_at) over (partition by a.organisation, s.address) = s.first_at
            ) as is_new_address
    from session_acts as s
    join actors as a
      on a.account = s.account
),

declared_sessions as (
    select distinct s.session
    from session_acts as s
    join declared as d
      on d.account = s.account
    where (d.from_at is null or d.from_at <= s.first_at)
      and (d.until_at is null or s.first_at < d.until_at)
)

select
    p.*,
    date_trunc('day', p.first_at at time zone cast($zone as varchar))::date as day,
    hour(p.first_at at time zone cast($zone as varchar))                    as hour,
    coalesce(n.persons, 0)                                        as persons,
    coalesce(n.new_persons, 0)                                    as new_persons,
    coalesce(n.unexplained, 0)                                    as unexplained,
    coalesce(n.pairs, 0)                                          as pairs,
    coalesce(n.near_pairs, 0)                                     as near_pairs,
    coalesce(t.steps, 0)                                          as steps,
    coalesce(t.rising, 0)                                         as rising,
    d.session is not null                                         as is_declared
from placed as p
left join session_persons as n
  on n.session = p.session
left join search_steps as t
  on t.session = p.session
left join declared_sessions as d
  on d.session = p.session
