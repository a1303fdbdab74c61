-- SPDX-License-Identifier: Apache-2.0
-- persons: the crosswalk from local ids to persons.
-- reads   numbered, outsiders, joined, tagged
-- gives   persons: one row per registry and local id

with

local_ids as (
    select
        registry,
        person,
        own_id,
        'alone' as reason
    from numbered
    where is_first
    union all
    select
        registry,
        person,
        own_id,
        reason
    from outsiders
)

select
    l.registry,
    l.person,
    l.own_id,
    coalesce(j.person_id, l.own_id) as person_id,
    coalesce(j.sure_id, l.own_id) as sure_id,
    coalesce(j.reason, l.reason) as reason,
    j.person_id is not distinct from j.sure_id as sure,
    coalesce(t.test_identity, false) as test_identity,
    coalesce(t.false_key, false) as false_key
from local_ids as l
left join joined as j
  on j.own_id = l.own_id
left join tagged as t
  on t.own_id = l.own_id
