-- SPDX-License-Identifier: Apache-2.0
-- beyond_ids: the ids by which logs may name the sample's persons whom the scope does not show.
-- reads   sample_people, registry_keys, records
-- gives   beyond_ids: one row per id and person; record_type is null for a local id
with ids as (
    select distinct
        k.registry,
        k.person,
        k.person_id
    from registry_keys as k
    inner join sample_people as p
        on p.person_id = k.person_id
    where p.count_in is null
)
select
    null::varchar as record_type,
    i.person as id,
    i.person_id
from ids as i
union all
select distinct
    r.record_type,
    r.record as id,
    i.person_id
from records as r
inner join ids as i
    on i.registry = r.registry
    and i.person = r.person
