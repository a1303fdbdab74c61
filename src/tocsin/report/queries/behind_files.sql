-- SPDX-License-Identifier: Apache-2.0
-- behind_files: the events in scope by which files left.
-- reads   judged, events
-- gives   behind: one row per event
-- binds   $level

select e.event_id
from judged as j
join events as e
  on e.event_id = j.event_id
where e.action in ('download', 'export')
  and coalesce(e.outcome, 'unknown') <> 'failure'
  and coalesce(e.file_name, e.object) is not null
  and case
      when e.outcome = 'unknown' then 3
      when j.verdict = 'illegitimate' then 1
      when j.p >= 0.5 then 2
      else 3
  end <= $level
