-- SPDX-License-Identifier: Apache-2.0
-- account_objects: how many distinct things each account asked for with success.
-- reads   events
-- gives   account_objects: one row per account
-- binds   $since, $until

with

asked as (
    select distinct account, object
    from events
    where object is not null
      and outcome = 'success'
      and account is not null
      and ($since is null or occurred_at >= cast($since as timestamptz))
      and ($until is null or occurred_at < cast($until as timestamptz))
)

select
    account,
    count(*) as value
from asked
group by account
