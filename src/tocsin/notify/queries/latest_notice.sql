-- SPDX-License-Identifier: Apache-2.0
-- latest_notice: the last notice released for whoever has a local id.
-- reads   persons, notices
-- gives   at most one row
-- binds   $registry, $person

select
    n.person_id,
    n.wave,
    n.message_id
from notices as n
join persons as p
  on p.person_id = n.person_id
where p.registry = $registry
  and p.person = $person
order by n.wave desc, n.person_id
limit 1
