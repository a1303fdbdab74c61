-- SPDX-License-Identifier: Apache-2.0
-- place_accounts: everybody who was seen at the places of the accounts looked at, within the period.
-- reads   events, own_places
-- gives   place_accounts: one row per place and account; account is null where the log names none
-- binds   $since, $until

with

seen as (
    select 'address' as kind, '' as source, address as value, account, occurred_at
    from events
    where address in (select value from own_places where kind = 'address')
    union all
    select 'device' as kind, '' as source, device as value, account, occurred_at
    from events
    where device in (select value from own_places where kind = 'device')
    union all
    select 'client' as kind, '' as source, client as value, account, occurred_at
    from events
    where client in (select value from own_places where kind = 'client')
    union all
    select 'user_agent' as kind, '' as source, user_agent as value, account, occurred_at
    from events
    where user_agent in (select value from own_places where kind = 'user_agent')
    union all
    select 'session' as kind, source, session as value, account, occurred_at
    from events
    where (source, session) in (select source, value from own_places where kind = 'session')
)

select
    kind,
    source,
    value,
    account,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from seen
where ($since is null or occurred_at >= cast($since as timestamptz))
  and ($until is null or occurred_at < cast($until as timestamptz))
group by kind, source, value, account
