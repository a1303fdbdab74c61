-- SPDX-License-Identifier: Apache-2.0
-- alike_events: events that say the same in every column, in batches of whole groups.
-- reads   twin_events
-- gives   one row per event that has its like
-- binds   $batch_places

with

groups as (
    select
        source,
        request,
        said_hash,
        count(*) as events,
        min(event_id) as first_id
    from twin_events
    group by source, request, said_hash
    having count(*) > 1
),

numbered as (
    select
        *,
        row_number() over (order by first_id) as alike,
        sum(events) over (order by first_id rows between unbounded preceding and current row) as events_so_far
    from groups
)

select
    n.alike,
    cast(floor((n.events_so_far - n.events) / $batch_places) as bigint) as batch,
    t.event_id,
    t.byte_offset
from numbered as n
join twin_events as t
  on t.source = n.source
 and t.request = n.request
 and t.said_hash = n.said_hash
