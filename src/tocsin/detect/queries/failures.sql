-- SPDX-License-Identifier: Apache-2.0
-- failures: accounts entered after many failed sign-ins, of their own or from an address that tried many.
--   An address where more than half as many get in is a way out that many share; and this never accuses alone.
-- reads   events
-- gives   one row per account
-- binds   (none)
with

failed as (
    select
        account,
        address,
        event_id,
        occurred_at
    from events
    where action = 'login_failed'
       or (action = 'login' and outcome = 'failure')
),

entered as (
    select
        account,
        address,
        occurred_at
    from events
    where account is not null
      and outcome = 'success'
      and action = 'login'
),

own as (
    select
        n.account,
        n.occurred_at,
        count(*)           as failures,
        min(f.occurred_at) as first_at
    from entered as n
    join failed as f
      on f.account = n.account
     and f.occurred_at < n.occurred_at
     and f.occurred_at >= n.occurred_at - interval 1 hour
    group by n.account, n.occurred_at
    having count(*) >= 10
),

welcomed as (
    select
        address,
        time_bucket(interval 1 day, occurred_at) as day,
        count(distinct account)                  as accounts
    from entered
    where address is not null
    group by all
),

tried as (
    select
        address,
        time_bucket(interval 1 day, occurred_at) as day,
        count(*)                                 as failures,
        count(distinct account)                  as accounts,
        min(occurred_at)                         as first_at
    from failed
    where address is not null
    group by all
    having count(distinct account) >= 10
),

-- A hospital's or carrier's way out: many get in by it, some of whom mistype first.
sprayed as (
    select t.*
    from tried as t
    left join welcomed as w
      on w.address = t.address
     and w.day = t.day
    where t.accounts >= 2 * coalesce(w.accounts, 0)
),

found as (
    select account, failures, 1 as accounts, first_at, occurred_at as last_at, 0.2 as p from own
    union all
    select
        n.account,
        s.failures,
        s.accounts,
        s.first_at,
        n.occurred_at as last_at,
        0.3 as p
    from entered as n
    join sprayed as s
      on s.address = n.address
     and n.occurred_at between s.first_at and s.first_at + interval 1 day
)

select
    account,
    arg_max(failures, p)                as failures,
    arg_max(accounts, p)                as accounts,
    cast(max(failures) as double)       as score,
    max(p)                              as p,
    min(first_at)                       as first_at,
    max(last_at)                        as last_at,
    max(failures)                       as events,
    0                                   as persons
from found
group by account
