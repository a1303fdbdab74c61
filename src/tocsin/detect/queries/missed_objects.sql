-- SPDX-License-Identifier: Apache-2.0
-- missed_objects: accounts that ask for many objects that do not exist or are refused: numbers tried at random.
-- reads   events
-- gives   one row per account: its worst day
-- binds   (none)
with

days as (
    select
        account,
        time_bucket(interval 1 day, occurred_at)                              as day,
        count(distinct coalesce(object, person)) filter (where is_missed)     as missed,
        count(distinct coalesce(object, person))                              as asked,
        min(occurred_at)                                                      as first_at,
        max(occurred_at)                                                      as last_at,
        count(*) filter (where is_missed)                                     as events
    from (
        select
            *,
            outcome = 'failure' and coalesce(status, '404') in ('403', '404', '410') as is_missed
        from events
        where account is not null
          and action in ('read', 'list', 'download', 'export')
    ) as reads
    group by account, day
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
where missed >= 50
  and missed >= 0.3 * asked
group by account
