-- SPDX-License-Identifier: Apache-2.0
-- behind_share: the events that disclosed records of a share.
-- reads   disclosures, exposed, records
-- gives   behind: one row per event
-- binds   $record_type, $by, $since, $until

with

within as (
    select distinct record
    from records
    where record_type = $record_type
      and ($since::timestamptz is null or case $by when 'at' then records.at else records.created end >= $since)
      and ($until::timestamptz is null or case $by when 'at' then records.at else records.created end < $until)
)

select distinct d.event_id
from disclosures as d
join within as w
  on w.record = d.record
left join exposed as x
  on x.registry is not distinct from d.registry
 and x.person = d.person
where d.record_type = $record_type
  and d.count_in in ('floor', 'best')
  and not coalesce(x.is_test, false)
