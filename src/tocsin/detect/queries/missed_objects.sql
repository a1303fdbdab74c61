-- SPDX-License-Identifier: Apache-2.0
-- missed_objects: accounts that ask for many objects that do not exist or are refused: numbers tried at random.
-- reads   events
-- gives   one row per account: its worst day
-- binds   (none)
with

missing as (
    select
        account,
        time_bucket(interval 1 day, occurred_at)  as day,
        count(distinct coalesce(object, person))  as missed,
        min(occurred_at)                          as first_at,
        max(occurred_at)                          as last_at,
        count(*)                                  as events
    from events
    where outcome = 'failure'
      and account is not null
      and action in ('read', 'list', 'download', 'export')
      and coalesce(status, '404') in ('403', '404', '410')
    group by account, day
    having count(distinct coalesce(object, person)) >= 50
),

days as (
    select
        m.account,
        any_value(m.missed)                         as missed,
        any_value(m.first_at)                       as first_at,
        any_value(m.last_at)                        as last_at,
        any_value(m.events)                         as events,
        count(distinct coalesce(e.object, e.person)) as asked
    from missing as m
    join events as e
      on e.account = m.account
     and e.occurred_at >= m.day
     and e.occurred_at < m.day + interval 1 day
    where e.action in ('read', 'list', 'download', 'export')
    group by m.account, m.day
)

select
    account,
    arg_max(missed, missed)         as missed,
    arg_max(asked, missed)          as asked,
    cast(max(missed) as double)     as score,
    0.4                             as p,
    arg_max(first_at, missed)       as first_at,
    arg_max(last_at, missed)        as last_at,
    arg_max(events, missed)         as events,
    0                               as persons
from days
where missed >= 0.3 * asked
group by account
