-- SPDX-License-Identifier: Apache-2.0
-- unreleased: persons to inform for whom no wave was released, whatever number they had then.
-- reads   recipients, notices, persons
-- gives   one row per kind of notice: their number
-- binds   $waves

with

released as (
    select distinct coalesce(p.person_id, n.person_id) as person_id
    from notices as n
    left join persons as p
      on p.own_id = n.person_id
    where list_contains($waves, n.wave)
)

select
    r.kind,
    count(*) as persons
from recipients as r
anti join released as d
  on d.person_id = r.person_id
group by r.kind
order by r.kind
