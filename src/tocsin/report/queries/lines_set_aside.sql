-- SPDX-License-Identifier: Apache-2.0
-- lines_set_aside: where the records set aside stand: of a source, of a reason, or those that may be in scope.
-- reads   set_aside, doubts, files
-- gives   one row per record, in the order of the files
-- binds   $source, $reason, $in_scope, $most

with

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
    a.file_number,
    a.line_number,
    a.byte_offset,
    coalesce(a.item, 0) as item
from set_aside as a
left join paths as p
  on p.file_number = a.file_number
where ($source is null or a.source = $source)
  and ($reason is null or a.reason = $reason)
  and (
      not $in_scope
      or exists (
          select 1
          from doubts as d
          where d.kind = 'set_aside'
            and d.file_number = a.file_number
            and d.byte_offset = a.byte_offset
            and d.item is not distinct from a.item
      )
  )
order by
    a.file_number,
    a.byte_offset,
    a.item
limit $most
