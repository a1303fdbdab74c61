-- SPDX-License-Identifier: Apache-2.0
-- busy: how much each source, and each of its nodes where there are several, tells in each hour.
-- reads   events
-- gives   busy: one row per source, node and hour; node null for the whole source
with told as (
    select
        source,
        node,
        date_trunc('hour', occurred_at) as hour,
        count(*) as events,
        count(*) filter (where outcome = 'failure' and status similar to '5[0-9][0-9]') as refused,
        count(*) filter (where outcome = 'success') as done
    from events
    where occurred_at is not null
    group by
        source,
        node,
        date_trunc('hour', occurred_at)
),
several as (
    select source
    from told
    group by source
    having count(distinct node) > 1
)
select
    source,
    cast(null as varchar) as node,
    hour,
    cast(sum(events) as bigint) as events,
    cast(sum(refused) as bigint) as refused,
    cast(sum(done) as bigint) as done
from told
group by
    source,
    hour
union all
select
    t.source,
    t.node,
    t.hour,
    cast(sum(t.events) as bigint),
    cast(sum(t.refused) as bigint),
    cast(sum(t.done) as bigint)
from told as t
inner join several as s
    on s.source = t.source
where t.node is not null
group by
    t.source,
    t.node,
    t.hour
