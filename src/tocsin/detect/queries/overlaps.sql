-- SPDX-License-Identifier: Apache-2.0
-- overlaps: accounts at work in two places at once: on two devices, from two addresses, both reading.
--   No place counts that colleagues share (a workstation), that many accounts leave by (a hospital, a remote
--   access, a carrier), or that the account used from the beginning (a telephone beside the computer).
-- reads   session_features, account_places
-- gives   one row per account
-- binds   $most
with

address_uses as (
    select
        place    as address,
        count(*) as accounts
    from account_places
    where kind = 'address'
    group by place
),

firsts as (
    select
        actor,
        device,
        min(turn)                  as first_turn
    from session_features
    where device is not null
    group by actor, device
),

shared_devices as (
    select place as device
    from account_places
    where kind = 'device'
    group by place
    having count(*) > 1
),

-- Whoever began nothing new on a device of their own is at no second place.
roaming as (
    select distinct f.actor
    from firsts as f
    anti join shared_devices as s
      on s.device = f.device
    where f.first_turn > 5
),

own as (
    select
        f.actor,
        f.account,
        f.session,
        f.device,
        f.address,
        f.first_at,
        f.last_at,
        f.events,
        f.persons,
        t.first_turn
    from session_features as f
    semi join roaming as r
      on r.actor = f.actor
    join address_uses as u
      on u.address = f.address
     and u.accounts <= $most
    join firsts as t
      on t.actor = f.actor
     and t.device = f.device
    anti join shared_devices as s
      on s.device = f.device
    where f.persons > 0
      and not f.is_declared
),

together as (
    select
        a.account,
        b.session,
        b.first_at,
        b.last_at,
        b.events,
        b.persons
    from own as a
    join own as b
      on b.actor = a.actor
     and b.device <> a.device
     and b.address <> a.address
     and b.first_at < a.last_at
     and a.first_at < b.last_at
    where b.first_turn > 5
      and b.first_turn > a.first_turn
      and least(a.last_at, b.last_at) - greatest(a.first_at, b.first_at) >= interval 1 minute
),

counted as (
    select
        account,
        session,
        any_value(first_at)  as first_at,
        any_value(last_at)   as last_at,
        any_value(events)    as events,
        any_value(persons)   as persons
    from together
    group by account, session
)

select
    account,
    count(*)                                              as times,
    cast(count(*) as double)                              as score,
    case when count(*) >= 3 then 0.45 else 0.3 end        as p,
    min(first_at)                                         as first_at,
    max(last_at)                                          as last_at,
    cast(sum(events) as bigint)                           as events,
    cast(sum(persons) as bigint)                          as persons
from counted
group by account
