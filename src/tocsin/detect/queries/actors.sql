-- SPDX-License-Identifier: Apache-2.0
-- actors: the accounts that act, with what the directory says of them.
--   An account with several rows is active until the last of them ends. Those of an organisation have
--   numbers that lie together, and so what they did and whom they share.
-- reads   actor_facts, accounts
-- gives   actors: one row per account
-- binds   (none)
with

acting as (
    select
        account,
        min(organisation) as organisation,
        min(first_at)     as first_at,
        max(last_at)      as last_at,
        sum(events)       as events
    from actor_facts
    group by account
),

directory as (
    select
        account,
        min(role)         as role,
        min(organisation) as organisation,
        case
            when count(*) = count(active_until) then max(active_until)
        end               as active_until
    from accounts
    group by account
)

select
    cast(row_number() over (order by coalesce(d.organisation, a.organisation), a.account) as integer) as actor,
    a.account,
    coalesce(d.role, '')                       as role,
    coalesce(d.organisation, a.organisation)   as organisation,
    d.account is not null                      as in_directory,
    d.active_until,
    a.first_at,
    a.last_at,
    cast(a.events as bigint)                   as events
from acting as a
left join directory as d
  on d.account = a.account
