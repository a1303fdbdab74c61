-- SPDX-License-Identifier: Apache-2.0
-- origin_persons: whom each origin showed, and when first.
-- reads   origin_acts, disclosures, persons
-- gives   origin_persons: one row per origin and person
select
    o.kind,
    o.name,
    p.person_id,
    min(d.occurred_at) as first_at,
    max(d.occurred_at) as last_at
from disclosures as d
inner join origin_acts as o
    on o.event_id = d.event_id
inner join persons as p
    on p.registry = d.registry
    and p.person = d.person
where d.certainty in ('taken', 'shown', 'reconstructed', 'reachable')
    and d.protection <> 'encrypted'
group by
    o.kind,
    o.name,
    p.person_id
