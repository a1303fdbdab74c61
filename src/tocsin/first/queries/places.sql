-- SPDX-License-Identifier: Apache-2.0
-- places: from where one account acted, and with how many others it shares each of them.
-- reads   own_places, place_accounts
-- gives   one row per address, device, client or agent, those shared by the fewest first
-- binds   $account, $kind, $most

with

shared as (
    select
        kind,
        source,
        value,
        count(account)                                                        as accounts,
        cast(coalesce(sum(events) filter (account is null), 0) as bigint)     as nameless
    from place_accounts
    group by kind, source, value
)

select
    o.kind,
    o.value,
    o.first_at,
    o.last_at,
    o.events,
    s.accounts,
    s.nameless
from own_places as o
join shared as s
  on s.kind = o.kind
 and s.source = o.source
 and s.value = o.value
where o.account = $account
  and o.kind = $kind
order by o.events desc, o.value, o.source
limit $most
