-- SPDX-License-Identifier: Apache-2.0
-- history_cells: all that is said, in its order, each with what is said before and after it.
--   What a message says takes the spelling of the copies where it says the same. A local id that a copy lacks was
--   not there. Where every change was told, what a row's own dates say adds nothing.
-- reads   history_said, history_copies, history_runs
-- gives   history_cells: one row per local id, column and saying
-- binds   (none)
with

absent as (
    select
        k.key,
        'present' as name,
        c.said_at,
        2 as turn,
        0 as place,
        false as is_change,
        null as value,
        null as alike,
        c.source
    from (select distinct key from history_said) as k
    cross join history_copies as c
    anti join (select key, source, said_at from history_said where name = 'present' and turn = 2) as s
      on s.key = k.key
     and s.source = c.source
     and s.said_at = c.said_at
),

spellings as (
    select
        key,
        name,
        alike,
        arg_max(value, said_at) as spelling
    from history_said
    where turn = 2
      and alike is not null
    group by key, name, alike
),

said as (
    select
        s.key,
        s.name,
        s.said_at,
        s.turn,
        s.place,
        s.is_change,
        coalesce(p.spelling, s.value) as value,
        s.source,
        s.stamp_of
    from history_said as s
    left join spellings as p
      on s.turn < 2
     and p.key = s.key
     and p.name = s.name
     and p.alike = s.alike
    where s.stamp_of is null
       or not exists (
            select 1
            from history_runs as t
            where t.name = s.name
              and s.said_at between t.since and t.until
        )
    union all by name
    select * exclude (alike)
    from absent
)

select
    s.*,
    r.run,
    r.since as run_since,
    r.until as run_until,
    row_number() over following = 1    as is_first,
    lead(s.said_at) over following          as next_at,
    lead(s.value) over following       as next_value,
    lead(s.is_change) over following   as next_is_change,
    lead(r.run) over following         as next_run,
    lead(r.since) over following       as next_since,
    lag(s.said_at) over following           as before_at,
    lag(s.value) over following        as before_value,
    lag(s.stamp_of) over following     as before_stamp,
    lag(s.source) over following       as before_source,
    lag(r.run) over following          as before_run,
    lag(r.until) over following        as before_until
from said as s
left join history_runs as r
  on r.name = s.name
 and s.said_at between r.since and r.until
window following as (partition by s.key, s.name order by s.said_at, s.turn, s.place, s.source)
