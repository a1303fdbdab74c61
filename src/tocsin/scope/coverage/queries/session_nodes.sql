-- SPDX-License-Identifier: Apache-2.0
-- session_nodes: for each session and node, how many records the node holds of it and how probable it is, were
--   every record to fall on a node by chance, that it holds none.
--   1. a session is the logged one, else all that an account does in a day
--   2. the part of a node is that of the hour, so that a node that stands still is expected to hold nothing
-- reads   events, node_shares
-- gives   session_nodes: one row per source, session and node, of sources with several nodes
with acts as (
    select
        e.source,
        coalesce(e.session, e.account || ' ' || strftime(e.occurred_at, '%Y-%m-%d')) as who,
        e.account,
        e.node,
        date_trunc('hour', e.occurred_at) as hour,
        count(*) as events,
        min(e.occurred_at) as from_at,
        max(e.occurred_at) as until_at
    from events as e
    where e.node is not null
        and e.occurred_at is not null
        and coalesce(e.session, e.account) is not null
        and e.source in (select s.source from node_shares as s)
    group by
        e.source,
        coalesce(e.session, e.account || ' ' || strftime(e.occurred_at, '%Y-%m-%d')),
        e.account,
        e.node,
        date_trunc('hour', e.occurred_at)
),
hours as (
    select
        source,
        who,
        min(account) as account,
        hour,
        sum(events) as events,
        min(from_at) as from_at,
        max(until_at) as until_at
    from acts
    group by
        source,
        who,
        hour
),
held as (
    select
        source,
        who,
        node,
        sum(events) as events
    from acts
    group by
        source,
        who,
        node
)
select
    h.source,
    h.who,
    s.node,
    min(h.account) as account,
    min(h.from_at) as from_at,
    max(h.until_at) as until_at,
    cast(sum(h.events) as bigint) as events,
    cast(coalesce(any_value(n.events), 0) as bigint) as held,
    sum(h.events * s.share) as expected,
    sum(case when s.share < 1 then h.events * ln(1 - s.share) else -1000 end) as log_p
from hours as h
inner join node_shares as s
    on s.source = h.source
    and s.hour = h.hour
left join held as n
    on n.source = h.source
    and n.who = h.who
    and n.node = s.node
group by
    h.source,
    h.who,
    s.node
