-- SPDX-License-Identifier: Apache-2.0
-- account_persons: how many distinct local ids each account named with success.
-- reads   events
-- gives   account_persons: one row per account
-- binds   $since, $until

with

named as (
    select account, person_domain, person
    from events
    where person is not null
      and outcome = 'success'
      and account is not null
      and ($since is null or occurred_at >= cast($since as timestamptz))
      and ($until is null or occurred_at < cast($until as timestamptz))
    union
    select account, person_domain, unnest(persons) as person
    from events
    where persons is not null
      and outcome = 'success'
      and account is not null
      and ($since is null or occurred_at >= cast($since as timestamptz))
      and ($until is null or occurred_at < cast($until as timestamptz))
)

select
    account,
    count(*) as value
from named
group by account
