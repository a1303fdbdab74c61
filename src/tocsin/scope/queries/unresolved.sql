-- SPDX-License-Identifier: Apache-2.0
-- unresolved: the events that name nobody yet.
-- reads   fates, unknown_events
-- gives   unresolved: one row per event
select
    u.event_id,
    u.reason,
    u.bound,
    u.categories,
    u.record_type
from unknown_events as u
inner join fates as f
    on f.event_id = u.event_id
where f.fate = 'unresolved'
