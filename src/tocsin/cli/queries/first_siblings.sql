-- SPDX-License-Identifier: Apache-2.0
-- first_siblings: other accounts seen with the same session, device, or rare address.
--   An address or an agent shared by more than 25 accounts says nothing, and is left out.
-- reads   events
-- gives   one row per other account and thing shared
-- binds   $account

with

seen as (
    select account, 'address' as shared, address as value from events where address is not null
    union all
    select account, 'device' as shared, device as value from events where device is not null
    union all
    select account, 'session' as shared, session as value from events where session is not null
),

own as (
    select distinct shared, value
    from seen
    where account = $account
),

others as (
    select
        s.account,
        s.shared,
        s.value,
        count(*)                                                         as events,
        count(*) over (partition by s.shared, s.value)                   as accounts
    from seen as s
    join own as o
      on o.shared = s.shared
     and o.value = s.value
    where s.account <> $account
    group by s.account, s.shared, s.value
)

select account, shared, value, events
from others
where accounts <= 25
order by account, shared, value
