-- SPDX-License-Identifier: Apache-2.0
-- account_activity: what accounts did, source by source, and until when each source goes.
-- reads   events
-- gives   one row per account and source
-- binds   $accounts

with

ends as (
    select
        source,
        max(occurred_at) as source_last_at
    from events
    group by source
),

acts as (
    select
        account,
        source,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        max(occurred_at) filter (where outcome is distinct from 'failure') as last_success_at,
        count(*) as events
    from events
    where list_contains($accounts, account)
    group by account, source
)

select
    a.account,
    a.source,
    a.first_at,
    a.last_at,
    a.last_success_at,
    a.events,
    e.source_last_at
from acts as a
inner join ends as e
    on e.source = a.source
order by a.account, a.source
