-- SPDX-License-Identifier: Apache-2.0
-- first_totals: how much one account did, and up to when the log goes.
-- reads   events
-- gives   one row
-- binds   $account

with

own as (
    select *
    from events
    where account = $account
),

named as (
    select person from own where person is not null
    union
    select unnest(persons) as person from own where persons is not null
)

select
    count(*)                                                                  as events,
    min(occurred_at)                                                          as first_at,
    max(occurred_at)                                                          as last_at,
    (select max(occurred_at) from events)                                     as log_until,
    count(*) filter (action = 'login' and outcome = 'success')                as logins,
    count(*) filter (action = 'login_failed'
                     or (action = 'login' and outcome = 'failure'))           as failed_logins,
    count(*) filter (outcome = 'failure'
                     and action not in ('login', 'login_failed'))             as failures,
    (select count(*) from named)                                              as persons,
    count(distinct (record_type, record)) filter (record is not null)         as records,
    count(distinct object)                                                    as objects
from own
