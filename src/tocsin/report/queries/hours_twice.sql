-- SPDX-License-Identifier: Apache-2.0
-- hours_twice: events in scope whose local hour happened twice, and whose pass nothing tells.
-- reads   judged, events
-- gives   one row

select
    count(*) as events,
    count(*) filter (where j.verdict = 'doubtful' and j.p is null) as by_one_reading
from judged as j
join events as e
  on e.event_id = j.event_id
where list_contains(e.flags, 'hour_twice')
