-- SPDX-License-Identifier: Apache-2.0
-- accounting_reasons: why records of a source are not events.
-- reads   accounting
-- gives   one row per source, fate and reason

select
    source,
    fate,
    reason,
    sum(records)::bigint as records
from accounting
where fate <> 'event'
  and records > 0
group by
    source,
    fate,
    reason
order by
    source,
    fate,
    reason
