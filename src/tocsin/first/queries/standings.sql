-- SPDX-License-Identifier: Apache-2.0
-- standings: where each account stands among all, measure by measure. A rank accuses nobody.
-- reads   account_habits, account_persons, account_objects, account_addresses, account_busiest
-- gives   standings: one row per account and measure that is not nought for all
-- binds   (none)

with

measures as (
    select 'events' as measure, account, events as value from account_habits
    union all
    select 'persons' as measure, account, value from account_persons
    union all
    select 'objects' as measure, account, value from account_objects
    union all
    select 'failures' as measure, account, failures as value from account_habits
    union all
    select 'busiest_hour' as measure, account, value from account_busiest
    union all
    select 'night_events' as measure, account, night_events as value from account_habits
    union all
    select 'addresses' as measure, account, value from account_addresses
    union all
    select 'bytes' as measure, account, bytes as value from account_habits
),

told as (
    select measure
    from measures
    group by measure
    having max(value) > 0
),

complete as (
    select
        t.measure,
        a.account,
        coalesce(m.value, 0) as value
    from told as t
    cross join account_habits as a
    left join measures as m
      on m.measure = t.measure
     and m.account = a.account
)

select
    measure,
    account,
    value,
    rank() over (partition by measure order by value desc)            as standing,
    rank() over (partition by measure order by value) - 1             as below,
    count(*) over (partition by measure)                              as accounts,
    cast(quantile_disc(value, 0.5) over (partition by measure) as bigint) as median
from complete
