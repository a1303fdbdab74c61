-- SPDX-License-Identifier: Apache-2.0
-- person_local_ids: the local ids of one person, and why they are one.
-- reads   persons
-- gives   one row per registry and local id
-- binds   $registry, $person

with

asked as (
    select person_id
    from persons
    where registry is not distinct from $registry
      and person = $person
)

select
    p.registry,
    p.person,
    p.person_id,
    p.reason,
    p.sure,
    p.test_identity,
    p.false_key
from persons as p
join asked as a
  on a.person_id = p.person_id
order by p.own_id
