-- SPDX-License-Identifier: Apache-2.0
-- history_rows: the rows that held, or may have held, at each time; what is not known of a row is named in it.
--   Where something is not known, the row as it was before stands beside the row as it is after, if they differ.
-- reads   history_spans
-- gives   history_rows: one row per local id, stretch of time and state
--   $twins: columns of ours that stand in the extract under a name of theirs, both joined by a tab.
-- binds   $names, $key, $twins
with

bounds as (
    select
        key,
        from_at,
        lead(from_at, 1, timestamptz 'infinity') over (partition by key order by from_at) as until_at
    from (select distinct key, from_at from history_spans)
),

states as (
    select
        b.key,
        b.from_at,
        any_value(b.until_at)                              as until_at,
        map_from_entries(list((s.name, s.before)))         as before,
        map_from_entries(list((s.name, s.after)))          as after,
        list(s.name)                                       as told,
        list(s.name) filter (where not s.is_known)         as unknown,
        -- Between a copy that has somebody and one that has not, the row is the nearest one or none: it stands for
        -- nothing else.
        bool_or(s.is_open) and coalesce(bool_or(s.is_open or s.before is not null and s.after is not null)
            filter (where s.name = 'present'), true)       as is_open
    from bounds as b
    join history_spans as s
      on s.key = b.key
     and s.from_at <= b.from_at
     and b.from_at < s.until_at
    group by b.key, b.from_at
),

rows_of_states as (
    select key, from_at, until_at, before as said, told, unknown, is_open
    from states
    where before['present'] is not null
    union all
    select key, from_at, until_at, after, told, unknown, is_open
    from states
    where after['present'] is not null
      and (before['present'] is null or before is distinct from after)
),

doubted as (
    select
        * exclude (unknown),
        list_transform(
            list_concat(coalesce(unknown, []), list_filter($names, lambda one: not list_contains(told, one))),
            lambda one: case when one = 'present' then $key else one end
        ) as unknown
    from rows_of_states
)

select
    key,
    nullif(from_at, timestamptz '-infinity') as valid_from,
    nullif(until_at, timestamptz 'infinity') as valid_until,
    said,
    nullif(
        list_sort(list_concat(
            unknown,
            list_transform(
                list_filter($twins, lambda one: list_contains(unknown, split_part(one, chr(9), 1))),
                lambda one: 'original.' || split_part(one, chr(9), 2)
            )
        )),
        []
    ) as doubts,
    is_open or len(list_filter($names, lambda one: not list_contains(told, one))) > 0 as stands_in
from doubted
