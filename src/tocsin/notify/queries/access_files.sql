-- SPDX-License-Identifier: Apache-2.0
-- access_files: the local ids of a person, and those that are only probably theirs.
-- reads   persons
-- gives   access_files: one row per registry and local id; is_sure: no guess joins it to the one asked for
-- binds   $registry, $person

with

asked as (
    select
        person_id,
        sure_id
    from persons
    where registry is not distinct from $registry
      and person = $person
)

select
    p.registry,
    p.person,
    p.person_id,
    coalesce(p.sure_id = a.sure_id, false) or p.person = $person and p.registry is not distinct from $registry as is_sure
from persons as p
join asked as a
  on a.person_id = p.person_id
