-- SPDX-License-Identifier: Apache-2.0
-- siblings: other accounts seen with the same session, device, address, client or agent.
--   What more than $common accounts share is a shared exit or a browser of everybody: it names nobody here.
-- reads   own_places, place_accounts
-- gives   one row per other account and thing shared, the rarest things first
-- binds   $account, $common, $most

with

shared as (
    select kind, source, value, count(account) as accounts
    from place_accounts
    group by kind, source, value
),

own as (
    select
        o.kind,
        o.source,
        o.value,
        s.accounts
    from own_places as o
    join shared as s
      on s.kind = o.kind
     and s.source = o.source
     and s.value = o.value
    where o.account = $account
      and s.accounts between 2 and $common
)

select
    p.account,
    o.kind,
    o.value,
    o.accounts,
    p.events,
    p.first_at,
    p.last_at,
    count(*) over ()                        as total,
    count(distinct p.account) over ()       as total_accounts
from own as o
join place_accounts as p
  on p.kind = o.kind
 and p.source = o.source
 and p.value = o.value
where p.account <> $account
order by
    case o.kind
        when 'session' then 0
        when 'device' then 1
        when 'address' then 2
        when 'client' then 3
        else 4
    end,
    o.accounts,
    p.events desc,
    p.account,
    o.value
limit $most
