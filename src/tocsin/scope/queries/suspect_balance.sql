-- SPDX-License-Identifier: Apache-2.0
-- suspect_balance: how many of the suspects' records each node may lack, were lines taken out of it alone.
--   1. what the other nodes hold, times the node's odds of the hour, is what it should hold; the bound adds
--      √(2·variance·x) + x with x = ln 10⁶ (Bernstein), and takes off what it holds
--   2. only for sources that an attacker could reach, whose sessions do not stick to nodes
-- reads   events, judged, node_shares, source_facts, coverage
-- gives   rows in the shape of `coverage`
with reachable as (
    select f.source
    from source_facts as f
    where f.custody = 'attacker-reachable'
        and f.source not in (select c.source from coverage as c where c.test in ('sticky', 'few'))
),
acts as (
    select
        e.source,
        e.node,
        e.occurred_at
    from events as e
    inner join judged as j
        on j.event_id = e.event_id
        and j.verdict <> 'legitimate'
    inner join reachable as r
        on r.source = e.source
    where e.node is not null
        and e.occurred_at is not null
),
hours as (
    select
        e.source,
        date_trunc('hour', e.occurred_at) as hour,
        count(*) as events,
        min(e.occurred_at) as from_at,
        max(e.occurred_at) as until_at
    from acts as e
    group by
        e.source,
        date_trunc('hour', e.occurred_at)
),
held as (
    select
        source,
        node,
        date_trunc('hour', occurred_at) as hour,
        count(*) as events
    from acts
    group by
        source,
        node,
        date_trunc('hour', occurred_at)
),
shared as (
    select
        h.source,
        s.node,
        h.from_at,
        h.until_at,
        coalesce(n.events, 0) as held,
        h.events - coalesce(n.events, 0) as others,
        s.share
    from hours as h
    inner join node_shares as s
        on s.source = h.source
        and s.hour = h.hour
        and s.share < 1
    left join held as n
        on n.source = h.source
        and n.hour = h.hour
        and n.node = s.node
),
nodes as (
    select
        source,
        node,
        min(from_at) as from_at,
        max(until_at) as until_at,
        sum(held) as held,
        sum(others * share / (1 - share)) as expected,
        sum(others * share / ((1 - share) * (1 - share))) as variance
    from shared
    group by
        source,
        node
)
select
    source,
    node,
    'balance' as test,
    from_at,
    until_at,
    cast(null as varchar) as account,
    true as is_hole,
    cast(greatest(0, ceil(expected + sqrt(2 * variance * ln(1000000)) + ln(1000000) - held)) as bigint)
        as most_records,
    to_json({'held': held, 'expected': round(expected, 1)}) as figures
from nodes
