-- SPDX-License-Identifier: Apache-2.0
-- place_counts: how many addresses, devices, clients, agents and logged sessions one account used, and how many
--   of them it alone used.
-- reads   own_places, place_accounts
-- gives   one row per kind
-- binds   $account

with

shared as (
    select kind, source, value, count(account) as accounts
    from place_accounts
    group by kind, source, value
)

select
    o.kind,
    count(*)                            as total,
    count(*) filter (s.accounts = 1)    as alone
from own_places as o
join shared as s
  on s.kind = o.kind
 and s.source = o.source
 and s.value = o.value
where o.account = $account
group by o.kind
order by o.kind
