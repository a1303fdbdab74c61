-- SPDX-License-Identifier: Apache-2.0
-- first_places: where one account acted from.
-- reads   events
-- gives   one row per address, device, client or agent
-- binds   $account

with

own as (
    select *
    from events
    where account = $account
),

places as (
    select 'address' as kind, address as value, occurred_at from own
    union all
    select 'device' as kind, device as value, occurred_at from own
    union all
    select 'client' as kind, client as value, occurred_at from own
    union all
    select 'user_agent' as kind, user_agent as value, occurred_at from own
)

select
    kind,
    value,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from places
where value is not null
group by kind, value
order by kind, first_at, value
