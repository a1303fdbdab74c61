-- SPDX-License-Identifier: Apache-2.0
-- origin_categories: what each origin showed of anybody.
-- reads   origin_acts, disclosures
-- gives   one row per origin and category
select distinct
    o.kind,
    o.name,
    d.category
from disclosures as d
inner join origin_acts as o
    on o.event_id = d.event_id
where d.protection <> 'encrypted'
order by
    o.kind,
    o.name,
    d.category
