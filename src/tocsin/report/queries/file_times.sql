-- SPDX-License-Identifier: Apache-2.0
-- file_times: of each file, whether its times go on as its lines do.
-- reads   file_clocks, files
-- gives   one row per file of which there is something to say
-- binds   $most

with

placed as (
    select
        *,
        epoch_us(lag(last_at) over reading) - epoch_us(first_at) as fall_us
    from file_clocks
    window reading as (partition by file_number order by byte_offset)
),

paths as (
    select
        file_number,
        min(path) as path
    from files
    where not coalesce(duplicate, false)
    group by file_number
),

sums as (
    select
        source,
        file_number,
        (sum(steps_back) + count(*) filter (where fall_us > 60000000))::bigint as steps_back,
        greatest(max(largest_us), max(fall_us) filter (where fall_us > 60000000)) as largest_us,
        arg_max(largest_line, largest_us) as largest_line,
        sum(late)::bigint as late,
        sum(told_apart)::bigint as told_apart,
        sum(hour_twice)::bigint as hour_twice,
        sum(no_such_time)::bigint as no_such_time
    from placed
    group by
        source,
        file_number
)

select
    s.source,
    p.path as file,
    s.steps_back,
    s.largest_us,
    s.largest_line,
    s.late,
    s.told_apart,
    s.hour_twice,
    s.no_such_time
from sums as s
left join paths as p
  on p.file_number = s.file_number
where s.steps_back + s.late + s.told_apart + s.hour_twice + s.no_such_time > 0
order by
    s.steps_back desc,
    s.hour_twice desc,
    s.file_number
limit $most
