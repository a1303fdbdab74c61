-- SPDX-License-Identifier: Apache-2.0
-- affected_parts: the parts of events that hold a corrected event.
--   A part holds the events of one stretch of its file, up to the next stretch, and of one day or of all.
-- reads   event_parts, corrections
-- gives   one row per part
-- binds   (none)

with

starts as (
    select distinct
        file_number,
        start
    from event_parts
),

stretches as (
    select
        file_number,
        start,
        lead(start) over (partition by file_number order by start) as until
    from starts
),

touched as (
    select distinct
        s.file_number,
        s.start,
        strftime(c.occurred_at, '%Y-%m-%d') as day
    from corrections as c
    join stretches as s
      on s.file_number = c.file_number
     and s.start <= c.byte_offset
     and (s.until is null or c.byte_offset < s.until)
)

select distinct p.place
from event_parts as p
join touched as t
  on t.file_number = p.file_number
 and t.start = p.start
 and (t.day = p.day or p.day = 'several')
order by p.place
