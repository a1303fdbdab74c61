-- SPDX-License-Identifier: Apache-2.0
-- evidence_places: where the lines stand that carry what is said of a session.
-- reads   events, files
-- gives   one row per event
-- binds   $events
select
    e.event_id,
    f.path,
    e.line_number
from events as e
join files as f
  on f.file_number = e.file_number
where list_contains($events, e.event_id)
order by e.event_id
