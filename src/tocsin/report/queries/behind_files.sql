-- SPDX-License-Identifier: Apache-2.0
-- behind_files: the events in scope by which files left.
-- reads   judged, events, disclosures
-- gives   behind: one row per event
-- binds   $level

with

found_in_copies as (
    select event_id
    from disclosures
    where resolver = 'file_contents'
      and certainty <> 'reachable'
)

select e.event_id
from judged as j
join events as e
  on e.event_id = j.event_id
where (
    e.action in ('download', 'export')
    or e.event_id in (select f.event_id from found_in_copies as f)
)
  and coalesce(e.outcome, 'unknown') <> 'failure'
  and (coalesce(e.file_name, e.object) is not null or $level = 3)
  and case
      when e.outcome = 'unknown' then 3
      when j.verdict = 'illegitimate' then 1
      when j.p >= 0.5 then 2
      else 3
  end <= $level
