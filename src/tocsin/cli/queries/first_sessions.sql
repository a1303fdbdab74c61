-- SPDX-License-Identifier: Apache-2.0
-- first_sessions: one account's sessions, as logged, else cut at silences of more than 30 minutes.
-- reads   events
-- gives   one row per session
-- binds   $account

with

own as (
    select
        *,
        concat_ws(' ', device, address, client, user_agent) as place
    from events
    where account = $account
),

cuts as (
    select
        *,
        case
            when session is not null then 0
            when occurred_at - lag(occurred_at) over (partition by place order by occurred_at, event_id)
                <= interval 30 minute then 0
            else 1
        end as is_first
    from own
),

numbered as (
    select
        *,
        coalesce(session, place || sum(is_first) over (
            partition by place
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        )) as session_key
    from cuts
)

select
    min(session)                         as session,
    min(occurred_at)                     as first_at,
    max(occurred_at)                     as last_at,
    first(address order by occurred_at, event_id)
        filter (address is not null)     as address,
    count(*)                             as events,
    count(distinct person)               as persons
from numbered
group by session_key
order by first_at, session
