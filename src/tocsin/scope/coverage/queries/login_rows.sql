-- SPDX-License-Identifier: Apache-2.0
-- login_rows: days on which far more sessions than usual have a login and nothing after, or acts and no login.
--   1. a session is the logged one, else all that an account does in a day
--   2. the share of the other days stands for what is usual; a day is found beyond it by six standard deviations
--      and by ten sessions
-- reads   events
-- gives   login_rows: one row per source, day and kind, in the shape of `coverage`
with sessions as (
    select
        source,
        coalesce(session, account) as who,
        session is null as is_day,
        date_trunc('day', min(occurred_at)) as day,
        count(*) filter (where action = 'login' and outcome = 'success') as logins,
        count(*) filter (where action not in ('login', 'login_failed', 'logout')) as acts
    from events
    where coalesce(session, account) is not null
        and occurred_at is not null
    group by
        source,
        coalesce(session, account),
        session is null,
        case when session is null then date_trunc('day', occurred_at) end
),
days as (
    select
        source,
        day,
        count(*) as sessions,
        count(*) filter (where logins > 0 and acts = 0) as login_alone,
        count(*) filter (where logins = 0 and acts > 0) as acts_alone,
        sum(logins) as logins
    from sessions
    group by
        source,
        day
),
both_kinds as (
    unpivot (
        select
            source,
            day,
            sessions,
            login_alone,
            acts_alone,
            sum(logins) over (partition by source) as all_logins
        from days
    )
    on login_alone, acts_alone
    into name test value odd
),
usual as (
    select
        *,
        sum(sessions) over others - sessions as other_sessions,
        (sum(odd) over others - odd + 1) / (sum(sessions) over others - sessions + 2) as share
    from both_kinds
    where all_logins > 0
    window others as (partition by source, test)
)
select
    source,
    cast(null as varchar) as node,
    test,
    day as from_at,
    day + interval 1 day as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({'sessions': sessions, 'odd': odd, 'share': round(share, 4)}) as figures,
    false as is_hole
from usual
where other_sessions >= 100
    and odd - sessions * share >= 10
    and odd - sessions * share > 6 * sqrt(sessions * share * (1 - share))
