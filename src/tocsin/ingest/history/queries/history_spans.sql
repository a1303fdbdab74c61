-- SPDX-License-Identifier: Apache-2.0
-- history_spans: of each local id and column, what held when, and whether that is known.
--   Between two sayings the first holds, if the second says the same, or tells a change and every change between
--   was told; else one of the two. Before the first and after the last saying, it stands in for what is not known.
-- reads   history_cells
-- gives   history_spans: one row per local id, column and stretch of time, one after the other without a hole
-- binds   (none)
with

between_two as (
    select
        key,
        name,
        said_at as from_at,
        next_at as until_at,
        value as before,
        value is not distinct from next_value or (next_is_change and run = next_run) as is_known,
        next_value as after
    from history_cells
    where next_at > said_at
),

before_first as (
    select
        key,
        name,
        case
            when not is_change and run_since < said_at then [timestamptz '-infinity', run_since]
            else [timestamptz '-infinity']
        end as bounds,
        said_at as until_at,
        value,
        name = 'present' and value is null as is_absent
    from history_cells
    where is_first
),

after_last as (
    select
        key,
        name,
        case when run_until > said_at then [said_at, run_until] else [said_at] end as bounds,
        value,
        name = 'present' and value is null as is_absent
    from history_cells
    where next_at is null
),

stretches as (
    select key, name, from_at, until_at, before, coalesce(is_known, false) as is_known, after, false as is_open
    from between_two
    union all
    select
        key,
        name,
        bounds[place],
        coalesce(bounds[place + 1], until_at),
        value,
        is_absent or place = 2,
        value,
        not is_absent and place = 1
    from before_first, unnest(range(1, len(bounds) + 1)) as places(place)
    union all
    select
        key,
        name,
        bounds[place],
        coalesce(bounds[place + 1], timestamptz 'infinity'),
        value,
        is_absent or place < len(bounds),
        value,
        not is_absent and place = len(bounds)
    from after_last, unnest(range(1, len(bounds) + 1)) as places(place)
),

marked as (
    select
        *,
        case when is_known then before else after end as other,
        is_known is distinct from lag(is_known) over past
            or is_open is distinct from lag(is_open) over past
            or before is distinct from lag(before) over past
            or case when is_known then before else after end
                is distinct from lag(case when is_known then before else after end) over past as is_new
    from stretches
    window past as (partition by key, name order by from_at)
),

numbered as (
    select *, count(*) filter (where is_new) over (partition by key, name order by from_at) as number
    from marked
)

select
    key,
    name,
    min(from_at) as from_at,
    max(until_at) as until_at,
    any_value(before) as before,
    any_value(other) as after,
    any_value(is_known) as is_known,
    any_value(is_open) as is_open
from numbered
group by key, name, number
