-- SPDX-License-Identifier: Apache-2.0
-- history_errors: each copy held against what all else says of its date, person by person, column by column.
--   A cell is told anew from the saying before it, else from the one after it; it is known when both agree or every
--   change was told. What nothing else says is not compared. `present` counts who is missing and who is too many.
--   What the dates of a copy's own rows say is part of that copy, and held out with it.
-- reads   history_cells, history_copies
-- gives   history_errors of one registry or table: one row per copy and column, and one for whole rows
-- binds   $of
with

shown as (
    select
        *,
        coalesce(before_stamp = said_at and before_source = source, false) as is_own
    from history_cells
    where turn = 2
),

others as (
    select
        s.key,
        s.name,
        s.source,
        s.said_at,
        max_by(
            struct_pack(said_at := c.said_at, value := c.value, run := c.run, until := c.run_until),
            row(c.said_at, c.turn, c.place, c.source)
        ) as last
    from shown as s
    join history_cells as c
      on c.key = s.key
     and c.name = s.name
    where s.is_own
      and row(c.said_at, c.turn, c.place, c.source) < row(s.said_at, s.turn, s.place, s.source)
      and (c.stamp_of is distinct from s.said_at or c.source <> s.source)
    group by s.key, s.name, s.source, s.said_at
),

seen as (
    select
        s.* exclude (before_at, before_value, before_run, before_until),
        case when s.is_own then o.last.said_at else s.before_at end as before_at,
        case when s.is_own then o.last.value else s.before_value end as before_value,
        case when s.is_own then o.last.run else s.before_run end as before_run,
        case when s.is_own then o.last.until else s.before_until end as before_until
    from shown as s
    left join others as o
      on s.is_own
     and o.key = s.key
     and o.name = s.name
     and o.source = s.source
     and o.said_at = s.said_at
),

guessed as (
    select
        *,
        case when before_at is not null then before_value else next_value end as guess,
        case
            when before_at is not null and next_at is not null then
                before_value is not distinct from next_value or (next_is_change and before_run = next_run)
            when before_at is not null then said_at <= before_until
            else not next_is_change and next_since <= said_at
        end as is_known
    from seen
    where before_at is not null
       or next_at is not null
),

judged as (
    select
        source,
        said_at,
        key,
        name,
        coalesce(is_known, false) as is_known,
        value is distinct from guess as is_wrong,
        name = 'present' and guess is null and value is not null as is_missing,
        name = 'present' and guess is not null and value is null as is_extra
    from guessed
    where name <> 'present'
       or value is not null
       or guess is not null
),

counted as (
    select
        source,
        said_at,
        name,
        count(*)                                                    as compared,
        count(*) filter (where is_wrong)                            as wrong,
        count(*) filter (where is_known)                            as known,
        count(*) filter (where is_known and is_wrong)               as known_wrong,
        count(*) filter (where is_missing)                          as missing,
        count(*) filter (where is_extra)                            as extra
    from judged
    group by source, said_at, name
    union all
    select
        source,
        said_at,
        'row',
        count(*),
        count(*) filter (where is_wrong),
        count(*) filter (where is_known),
        count(*) filter (where is_known and known_wrong),
        count(*) filter (where is_missing),
        count(*) filter (where is_extra)
    from (
        select
            source,
            said_at,
            key,
            bool_or(is_wrong)                    as is_wrong,
            bool_and(is_known)                   as is_known,
            bool_or(is_known and is_wrong)       as known_wrong,
            bool_or(is_missing)                  as is_missing,
            bool_or(is_extra)                    as is_extra
        from judged
        group by source, said_at, key
    )
    group by source, said_at
)

select
    $of as of,
    c.label as copy,
    n.said_at as "at",
    n.name as "column",
    n.compared,
    n.wrong,
    n.known,
    n.known_wrong,
    n.missing,
    n.extra
from counted as n
join history_copies as c
  on c.source = n.source
 and c.said_at = n.said_at
