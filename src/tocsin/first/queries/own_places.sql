-- SPDX-License-Identifier: Apache-2.0
-- own_places: from where, with what and under which session the accounts looked at acted.
-- reads   acts
-- gives   own_places: one row per account and address, device, client, agent or session
-- binds   (none)

with

places as (
    select account, 'address' as kind, '' as source, address as value, occurred_at from acts
    union all
    select account, 'device' as kind, '' as source, device as value, occurred_at from acts
    union all
    select account, 'client' as kind, '' as source, client as value, occurred_at from acts
    union all
    select account, 'user_agent' as kind, '' as source, user_agent as value, occurred_at from acts
    union all
    select account, 'session' as kind, source, session as value, occurred_at from acts
)

select
    account,
    kind,
    source,
    value,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from places
where value is not null
group by account, kind, source, value
