-- SPDX-License-Identifier: Apache-2.0
-- departed: accounts that act after the directory ended them.
-- reads   ended_events, actors, obtained_persons
-- gives   one row per account
-- binds   (none)
select
    a.account,
    any_value(a.active_until)                                           as ended,
    cast(count(distinct (v.registry, v.person)) filter (where v.person is not null) as double) as score,
    case when count(v.person) > 0 then 0.9 else 0.4 end                 as p,
    min(e.occurred_at)                                                  as first_at,
    max(e.occurred_at)                                                  as last_at,
    count(distinct e.event_id)                                          as events,
    count(distinct (v.registry, v.person)) filter (where v.person is not null) as persons
from ended_events as e
join actors as a
  on a.account = e.account
left join obtained_persons as v
  on v.event_id = e.event_id
group by a.account
