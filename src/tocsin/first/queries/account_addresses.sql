-- SPDX-License-Identifier: Apache-2.0
-- account_addresses: from how many addresses each account acted.
-- reads   events
-- gives   account_addresses: one row per account
-- binds   $since, $until

with

places as (
    select distinct account, address
    from events
    where address is not null
      and account is not null
      and ($since is null or occurred_at >= cast($since as timestamptz))
      and ($until is null or occurred_at < cast($until as timestamptz))
)

select
    account,
    count(*) as value
from places
group by account
