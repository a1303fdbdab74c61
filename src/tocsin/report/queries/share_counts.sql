-- SPDX-License-Identifier: Apache-2.0
-- share_counts: of the records made or dated within a period, how many were most likely shown.
-- reads   records, record_levels
-- gives   one row
-- binds   $record_type, $by, $since, $until

with

within as (
    select distinct record
    from records
    where record_type = $record_type
      and ($since::timestamptz is null or case $by when 'at' then records.at else records.created end >= $since)
      and ($until::timestamptz is null or case $by when 'at' then records.at else records.created end < $until)
)

select
    count(*) as total,
    count(*) filter (where l.level <= 2) as count
from within as w
left join record_levels as l
  on l.record_type = $record_type
 and l.record = w.record
