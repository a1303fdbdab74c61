-- SPDX-License-Identifier: Apache-2.0
-- chain_rows: records that say which record came before them, and that record is not there.
--   The first record of a source leans on one that was never held; so may the first of each node.
-- reads   events, source_facts
-- gives   chain_rows: one row per source and day, in the shape of `coverage`
with links as (
    select
        e.source,
        e.node,
        e.occurred_at,
        json_extract_string(e.detail, f.chain_own) as own,
        json_extract_string(e.detail, f.chain_before) as before,
        lag(e.occurred_at) over (partition by e.source, e.node order by e.occurred_at, e.event_id) as since
    from events as e
    inner join source_facts as f
        on f.source = e.source
        and f.chain_own is not null
        and f.chain_before is not null
),
torn as (
    select l.*
    from links as l
    left join links as b
        on b.source = l.source
        and b.own = l.before
    where b.own is null
        and l.since is not null
        and l.before is not null
)
select
    source,
    node,
    'chain' as test,
    min(since) as from_at,
    max(occurred_at) as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({'breaks': count(*)}) as figures,
    true as is_hole
from torn
group by
    source,
    node,
    date_trunc('day', occurred_at)
