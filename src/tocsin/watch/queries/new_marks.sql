-- SPDX-License-Identifier: Apache-2.0
-- new_marks: up to which event each file is weighed, and the latest instant that it tells of.
-- reads   events
-- gives   new_marks: one row per source and file
-- binds   (none)
select
    source,
    file_number,
    max(event_id) + 1 as next_event,
    max(occurred_at)  as last_at,
    count(*)          as events
from events
group by source, file_number
