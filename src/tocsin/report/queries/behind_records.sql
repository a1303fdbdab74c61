-- SPDX-License-Identifier: Apache-2.0
-- behind_records: the events whose disclosures enter a count of records.
-- reads   disclosures, exposed
-- gives   behind: one row per event
-- binds   $record_type, $level

select distinct d.event_id
from disclosures as d
left join exposed as x
  on x.registry is not distinct from d.registry
 and x.person = d.person
where d.record is not null
  and d.record_type = $record_type
  and case d.count_in when 'floor' then 1 when 'best' then 2 when 'ceiling' then 3 end <= $level
  and not coalesce(x.is_test, false)
