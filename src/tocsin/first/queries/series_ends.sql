-- SPDX-License-Identifier: Apache-2.0
-- series_ends: of each log, its first and last record, and the last act of the account in it.
-- reads   event_pace, file_series, own_acts
-- gives   one row per log, those where it acted last first
-- binds   $account

with

logs as (
    select
        f.series,
        count(distinct p.file_number)       as files,
        min(p.first_at)                     as first_at,
        max(p.last_at)                      as last_at,
        cast(sum(p.events) as bigint)       as events,
        cast(sum(p.nameless) as bigint)     as nameless
    from event_pace as p
    join file_series as f
      on f.file_number = p.file_number
    group by f.series
),

own as (
    select
        f.series,
        max(o.occurred_at) as last_act_at
    from own_acts as o
    join file_series as f
      on f.file_number = o.file_number
    where o.account = $account
    group by f.series
)

select
    l.series,
    l.files,
    l.first_at,
    l.last_at,
    l.events,
    l.nameless,
    o.last_act_at
from logs as l
left join own as o
  on o.series = l.series
order by o.last_act_at desc nulls last, l.series
