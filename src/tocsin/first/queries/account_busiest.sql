-- SPDX-License-Identifier: Apache-2.0
-- account_busiest: how much each account did in its busiest hour.
-- reads   events
-- gives   account_busiest: one row per account
-- binds   $since, $until

with

hours as (
    select
        account,
        date_trunc('hour', occurred_at) as hour_at,
        count(*)                        as events
    from events
    where account is not null
      and ($since is null or occurred_at >= cast($since as timestamptz))
      and ($until is null or occurred_at < cast($until as timestamptz))
    group by account, hour_at
)

select
    account,
    max(events) as value
from hours
group by account
