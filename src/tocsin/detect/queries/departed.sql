-- SPDX-License-Identifier: Apache-2.0
-- departed: accounts that act after the directory ended them.
-- reads   events, actors, seen_persons
-- gives   one row per account
-- binds   (none)
with

acts as (
    select
        a.account,
        a.active_until,
        e.event_id,
        e.occurred_at
    from actors as a
    join events as e
      on e.account = a.account
     and e.occurred_at >= a.active_until
    where e.outcome <> 'failure'
      and e.action <> 'login_failed'
)

select
    a.account,
    any_value(strftime(a.active_until, '%Y-%m-%d'))           as ended,
    cast(count(distinct v.person) as double)                  as score,
    case when count(v.person) > 0 then 0.9 else 0.4 end       as p,
    min(a.occurred_at)                                        as first_at,
    max(a.occurred_at)                                        as last_at,
    count(distinct a.event_id)                                as events,
    count(distinct v.person)                                  as persons
from acts as a
left join seen_persons as v
  on v.event_id = a.event_id
group by a.account
