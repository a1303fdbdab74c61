-- SPDX-License-Identifier: Apache-2.0
-- place_firsts: from when each account of these used each device and address.
-- reads   session_acts, actors
-- gives   place_firsts: one row per account and place
-- binds   $first, $last
select
    'device'        as kind,
    s.device        as place,
    s.actor,
    a.organisation,
    min(s.first_at) as first_at
from session_acts as s
join actors as a
  on a.actor = s.actor
where s.device is not null
  and s.actor between $first and $last
group by s.device, s.actor, a.organisation
union all
select
    'address'       as kind,
    s.address       as place,
    s.actor,
    a.organisation,
    min(s.first_at) as first_at
from session_acts as s
join actors as a
  on a.actor = s.actor
where s.address is not null
  and s.actor between $first and $last
group by s.address, s.actor, a.organisation
