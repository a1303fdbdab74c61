-- SPDX-License-Identifier: Apache-2.0
-- edge_rows: nodes of which the first or the last part of the declared period is not there, though others' is.
--   1. a stretch counts when it is longer than an hour and than any silence between two records of the node
--   2. a node whose first number is 0 or 1 began then; one that has no counter may have been added or taken away
-- reads   events, sequences, gaps, source_facts
-- gives   edge_rows: one row per node and end of the period, in the shape of `coverage`
with minutes as (
    select distinct
        e.source,
        e.node,
        date_trunc('minute', e.occurred_at) as minute
    from events as e
    inner join source_facts as f
        on f.source = e.source
        and f.period_from is not null
        and f.period_until is not null
    where e.node is not null
        and e.occurred_at >= f.period_from
        and e.occurred_at < f.period_until
),
steps as (
    select
        *,
        minute - lag(minute) over (partition by source, node order by minute) as silence
    from minutes
),
nodes as (
    select
        s.source,
        s.node,
        min(s.minute) as first_at,
        max(s.minute) as last_at,
        greatest(coalesce(max(s.silence), interval 0 minute), interval 1 hour) as longest
    from steps as s
    group by
        s.source,
        s.node
),
counters as (
    select
        source,
        node,
        arg_min(first_sequence, first_at) as first_sequence
    from sequences
    group by
        source,
        node
),
ends as (
    select
        n.source,
        n.node,
        f.period_from as from_at,
        n.first_at as until_at,
        n.longest
    from nodes as n
    inner join counters as c
        on c.source = n.source
        and c.node = n.node
        and c.first_sequence > 1
    inner join source_facts as f
        on f.source = n.source
    union all
    select
        n.source,
        n.node,
        n.last_at,
        f.period_until,
        n.longest
    from nodes as n
    inner join counters as c
        on c.source = n.source
        and c.node = n.node
    inner join source_facts as f
        on f.source = n.source
)
select
    e.source,
    e.node,
    'rotation' as test,
    e.from_at,
    e.until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({'hours': round(epoch(e.until_at - e.from_at) / 3600, 1)}) as figures,
    true as is_hole
from ends as e
where e.until_at - e.from_at > e.longest
    and not exists (
        select 1
        from gaps as g
        where g.source = e.source
            and g.kind = 'period'
            and g.from_at <= e.from_at
            and g.until_at >= e.until_at - interval 1 hour
    )
