-- SPDX-License-Identifier: Apache-2.0
-- dormant: accounts that were silent for long, then read in bulk on one day.
-- reads   session_features
-- gives   one row per account: its largest such day
-- binds   $silent_days
with

days as (
    select
        account,
        day,
        min(first_at)                      as first_at,
        max(last_at)                       as last_at,
        cast(sum(events) as bigint)        as events,
        cast(sum(new_persons) as bigint)   as persons
    from session_features
    where not is_declared
    group by account, day
),

paced as (
    select
        *,
        date_diff('day', lag(day) over (partition by account order by day), day) as silent
    from days
)

select
    account,
    arg_max(silent, persons)      as silent,
    cast(max(persons) as double)  as score,
    0.4                           as p,
    arg_max(first_at, persons)    as first_at,
    arg_max(last_at, persons)     as last_at,
    arg_max(events, persons)      as events,
    max(persons)                  as persons
from paced
where silent >= $silent_days
  and persons >= 20
group by account
