-- SPDX-License-Identifier: Apache-2.0
-- old_records: accounts that open, on one day, many records older than a year that nobody opened meanwhile.
-- reads   events, records, actors
-- gives   one row per account: its worst day
-- binds   (none)
with

aged as (
    select
        record_type,
        record,
        min(coalesce("at", created)) as made_at
    from records
    where coalesce("at", created) is not null
    group by record_type, record
),

opened as (
    select
        e.account,
        e.event_id,
        e.occurred_at,
        e.record,
        e.record_type,
        g.made_at,
        lag(e.occurred_at) over (partition by e.record_type, e.record order by e.occurred_at, e.event_id) as before_at
    from events as e
    join aged as g
      on g.record = e.record
     and g.record_type = e.record_type
    where e.record is not null
      and e.account is not null
      and e.outcome <> 'failure'
),

days as (
    select
        account,
        time_bucket(interval 1 day, occurred_at)                                             as day,
        min(occurred_at)                                                                     as first_at,
        max(occurred_at)                                                                     as last_at,
        count(*)                                                                             as events,
        count(distinct (record_type, record))                                                as opened,
        count(distinct (record_type, record)) filter (
            where greatest(made_at, coalesce(before_at, made_at)) < occurred_at - interval 365 day
        )                                                                                    as old
    from opened
    group by account, day
),

worst as (
    select
        account,
        max(old)                 as old,
        arg_max(opened, old)     as opened,
        arg_max(first_at, old)   as first_at,
        arg_max(last_at, old)    as last_at,
        arg_max(events, old)     as events
    from days
    group by account
),

usual as (
    select
        a.role,
        count(*)                                  as accounts,
        cast(quantile_disc(w.old, 0.95) as bigint) as old
    from worst as w
    join actors as a
      on a.account = w.account
    group by a.role
)

select
    w.account,
    w.old,
    w.opened,
    cast(w.old as double)   as score,
    0.35                    as p,
    w.first_at,
    w.last_at,
    w.events,
    0                       as persons
from worst as w
join actors as a
  on a.account = w.account
join usual as u
  on u.role = a.role
where w.old >= 20
  and 2 * w.old >= w.opened
  and w.old > 2 * u.old
  and u.accounts >= 20
