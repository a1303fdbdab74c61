-- SPDX-License-Identifier: Apache-2.0
-- export_files: exports whose file the case holds, and how many persons stand in it.
-- reads   copy_events, copy_shown
-- gives   export_files: one row per event
with held as (
    select
        event_id,
        cast(count(distinct (registry, person)) as bigint) as persons
    from copy_shown
    group by event_id
)
select distinct
    e.event_id,
    coalesce(h.persons, 0) as persons
from copy_events as e
left join held as h
    on h.event_id = e.event_id
where e.fate in ('told', 'empty')
