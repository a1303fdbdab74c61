-- SPDX-License-Identifier: Apache-2.0
-- login_rows: days on which far more sessions than usual have a login and nothing after, or acts and no login.
--   1. a session is the logged one, else all that an account does in a day
--   2. usual is the median share of working days, or of days of the week-end, six of them at least; a day is
--      found beyond it by six times the spread of days and of chance, and by ten sessions
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
shares as (
    select
        *,
        isodow(day) > 5 as is_weekend,
        odd / sessions as share
    from both_kinds
    where all_logins > 0
),
usual as (
    select
        source,
        test,
        is_weekend,
        median(share) as share,
        mad(share) * 1.4826 as spread
    from shares
    group by
        source,
        test,
        is_weekend
    having count(*) >= 6
)
select
    s.source,
    cast(null as varchar) as node,
    s.test,
    s.day as from_at,
    s.day + interval 1 day as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({'sessions': s.sessions, 'odd': s.odd, 'share': round(u.share, 4)}) as figures,
    false as is_hole
from shares as s
inner join usual as u
    on u.source = s.source
    and u.test = s.test
    and u.is_weekend = s.is_weekend
where s.odd - s.sessions * u.share >= 10
    and s.share - u.share > 6 * greatest(u.spread, sqrt(u.share * (1 - u.share) / s.sessions), 0.002)
