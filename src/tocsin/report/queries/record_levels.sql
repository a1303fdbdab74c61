-- SPDX-License-Identifier: Apache-2.0
-- record_levels: the narrowest count that each record enters; records of test identities enter none.
-- reads   disclosures, exposed
-- gives   record_levels: one row per record

select
    d.record_type,
    d.record,
    min(case d.count_in when 'floor' then 1 when 'best' then 2 else 3 end)::tinyint as level
from disclosures as d
left join exposed as x
  on x.registry is not distinct from d.registry
 and x.person = d.person
where d.record is not null
  and d.count_in is not null
  and not coalesce(x.is_test, false)
group by
    d.record_type,
    d.record
