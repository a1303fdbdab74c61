-- SPDX-License-Identifier: Apache-2.0
-- corrected_events: a part's events, less those that were the same record again, with their right first attempt.
-- reads   events, corrections
-- gives   events: one row per event that stands
-- binds   (none)

select
    e.* exclude (retry_of),
    case when c.event_id is null then e.retry_of else c.retry_of end as retry_of
from events as e
left join corrections as c
  on c.event_id = e.event_id
where c.event_id is null
   or not c.is_dropped
