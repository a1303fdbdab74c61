-- SPDX-License-Identifier: Apache-2.0
-- account_sessions: how many sessions hold each account's events in scope.
-- reads   acts, sessions
-- gives   account_sessions: one row per account

with

logged as (
    select
        s.account,
        s.session_id
    from sessions as s
    semi join acts as a
      on a.source = s.source
     and a.account = s.account
     and a.session = s.logged_session
    where s.logged_session is not null
),

cut as (
    select *
    from sessions
    where logged_session is null
),

unlogged as (
    select distinct
        a.source,
        a.account,
        a.occurred_at
    from acts as a
    where a.account is not null
      and not exists (
          select 1
          from sessions as s
          where s.source = a.source
            and s.account = a.account
            and s.logged_session = a.session
      )
),

placed as (
    select distinct
        u.account,
        c.session_id
    from unlogged as u
    asof join cut as c
      on c.source = u.source
     and c.account = u.account
     and c.first_at <= u.occurred_at
    where u.occurred_at <= c.last_at
),

held as (
    select * from logged
    union
    select * from placed
)

select
    account,
    count(*) as sessions
from held
group by account
