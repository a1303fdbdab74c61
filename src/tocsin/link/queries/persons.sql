-- SPDX-License-Identifier: Apache-2.0
-- persons: the crosswalk from local ids to persons.
-- reads   local_ids, joined, tagged
-- gives   persons: one row per registry and local id

select
    l.registry,
    l.person,
    l.own_id,
    coalesce(j.person_id, l.own_id) as person_id,
    coalesce(j.sure_id, l.own_id) as sure_id,
    case l.place
        when 0 then coalesce(j.reason, 'alone')
        when 1 then 'not_in_registry'
        else 'gone'
    end as reason,
    j.person_id is not distinct from j.sure_id as sure,
    coalesce(t.test_identity, false) as test_identity,
    coalesce(t.false_key, false) as false_key
from local_ids as l
left join joined as j
  on j.own_id = l.own_id
left join tagged as t
  on t.own_id = l.own_id
