-- SPDX-License-Identifier: Apache-2.0
-- accounting: what became of every record read, by source.
-- reads   accounting, files, events
-- gives   one row per source
-- binds   (none)

with

fates as (
    select
        source,
        cast(sum(records) as bigint)                                            as records,
        cast(coalesce(sum(records) filter (fate = 'event'), 0) as bigint)       as events,
        cast(coalesce(sum(records) filter (fate = 'set_aside'), 0) as bigint)   as set_aside,
        cast(coalesce(sum(records) filter (fate = 'non_event'), 0) as bigint)   as non_events
    from accounting
    group by source
),

reasons as (
    select source, map(list(reason order by reason), list(records order by reason)) as reasons
    from (
        select source, reason, cast(sum(records) as bigint) as records
        from accounting
        where fate = 'non_event'
        group by source, reason
    )
    group by source
),

spans as (
    select source, min(occurred_at) as first_at, max(occurred_at) as last_at
    from events
    group by source
),

counted_files as (
    select source, count(distinct file_number) as files
    from files
    group by source
)

select
    c.source,
    c.files,
    coalesce(f.records, 0)    as records,
    coalesce(f.events, 0)     as events,
    coalesce(f.set_aside, 0)  as set_aside,
    coalesce(f.non_events, 0) as non_events,
    r.reasons,
    s.first_at,
    s.last_at
from counted_files as c
left join fates as f
  on f.source = c.source
left join reasons as r
  on r.source = c.source
left join spans as s
  on s.source = c.source
order by c.source
