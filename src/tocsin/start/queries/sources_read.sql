-- SPDX-License-Identifier: Apache-2.0
-- sources_read: what each source gave, and the period that its events cover.
-- reads   accounting, events
-- gives   one row per source
with sums as (
    select
        source,
        cast(sum(records) as bigint) as records,
        cast(coalesce(sum(records) filter (fate = 'event'), 0) as bigint) as events,
        cast(coalesce(sum(records) filter (fate = 'set_aside'), 0) as bigint) as set_aside
    from accounting
    group by source
),

spans as (
    select
        source,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    group by source
)

select
    s.source,
    s.records,
    s.events,
    s.set_aside,
    p.first_at,
    p.last_at
from sums as s
left join spans as p
    on p.source = s.source
order by s.source
