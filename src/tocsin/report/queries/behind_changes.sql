-- SPDX-License-Identifier: Apache-2.0
-- behind_changes: the events that created, updated or deleted a record.
-- reads   modifications
-- gives   behind: one row per event
-- binds   $level

select distinct event_id
from modifications
where case count_in when 'floor' then 1 when 'best' then 2 when 'ceiling' then 3 end <= $level
