-- SPDX-License-Identifier: Apache-2.0
-- accounting_sums: the records of each source: events, set aside, and not events.
-- reads   accounting, files, events
-- gives   one row per source of the case, or that was read
-- binds   $sources

with

sources as (
    select unnest($sources) as source
    union
    select source
    from accounting
),

fates as (
    select
        source,
        sum(records)::bigint as records,
        coalesce(sum(records) filter (where fate = 'event'), 0)::bigint as events,
        coalesce(sum(records) filter (where fate = 'set_aside'), 0)::bigint as set_aside,
        coalesce(sum(records) filter (where fate = 'non_event'), 0)::bigint as non_events
    from accounting
    group by source
),

read_files as (
    select
        source,
        count(*) filter (where not coalesce(duplicate, false)) as files,
        count(*) filter (where duplicate) as duplicates
    from files
    group by source
),

spans as (
    select
        source,
        count(*) as events,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    group by source
)

select
    s.source,
    coalesce(r.files, 0) as files,
    coalesce(r.duplicates, 0) as duplicate_files,
    coalesce(f.records, 0) as records,
    coalesce(f.events, 0) as events,
    coalesce(f.set_aside, 0) as set_aside,
    coalesce(f.non_events, 0) as non_events,
    p.first_at,
    p.last_at,
    coalesce(p.events, 0) as events_found
from sources as s
left join fates as f
  on f.source = s.source
left join read_files as r
  on r.source = s.source
left join spans as p
  on p.source = s.source
order by s.source
