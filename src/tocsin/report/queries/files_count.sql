-- SPDX-License-Identifier: Apache-2.0
-- files_count: how many distinct files left.
-- reads   judged, events
-- gives   one row

with

asked as (
    select
        e.source,
        coalesce(e.file_name, e.object) as file_name,
        min(case
            when e.outcome = 'unknown' then 3
            when j.verdict = 'illegitimate' then 1
            when j.p >= 0.5 then 2
            else 3
        end) as level
    from judged as j
    join events as e
      on e.event_id = j.event_id
    where e.action in ('download', 'export')
      and coalesce(e.outcome, 'unknown') <> 'failure'
      and coalesce(e.file_name, e.object) is not null
    group by
        e.source,
        coalesce(e.file_name, e.object)
)

select
    count(*) filter (where level = 1) as floor,
    count(*) filter (where level <= 2) as best,
    count(*) as ceiling
from asked
