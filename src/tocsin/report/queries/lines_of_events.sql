-- SPDX-License-Identifier: Apache-2.0
-- lines_of_events: where the events behind a figure stand.
-- reads   witnessed, events, files
-- gives   one row per event, in the order of the files; what tells of one act stands together
-- binds   $most

with

first_ones as (
    select *
    from witnessed
    order by
        act_id,
        rank
    limit $most
),

paths as (
    select
        file_number,
        min(path) as path
    from files
    where not coalesce(duplicate, false)
    group by file_number
)

select
    p.path as file,
    e.file_number,
    e.line_number,
    e.byte_offset,
    (e.event_id & ((1::bigint << 40) - 1)) - e.byte_offset as item
from first_ones as o
join events as e
  on e.event_id = o.event_id
left join paths as p
  on p.file_number = e.file_number
order by
    o.act_id,
    o.rank
