-- SPDX-License-Identifier: Apache-2.0
-- event_sessions: which session each event of the accounts in question belongs to.
-- reads   events, session_accounts
-- gives   event_sessions: one row per event of those accounts
with acts as (
    select
        e.event_id,
        e.source,
        e.account,
        e.occurred_at,
        e.session,
        case when e.session is null then e.device end as device,
        case when e.session is null then e.address end as address,
        case when e.session is null then e.client end as client
    from events as e
    where e.account in (select a.account from session_accounts as a)
),
paced as (
    select
        *,
        -- A logged session lasts as long as the system says; another ends with 30 minutes of silence.
        case
            when session is null
                and occurred_at - lag(occurred_at) over habits > interval 30 minute
                then 1
            else 0
        end as begins
    from acts
    window habits as (
        partition by source, account, session, device, address, client
        order by occurred_at, event_id
    )
),
numbered as (
    select
        *,
        cast(sum(begins) over habits as bigint) as ordinal
    from paced
    window habits as (
        partition by source, account, session, device, address, client
        order by occurred_at, event_id
        rows between unbounded preceding and current row
    )
)
select
    event_id,
    source,
    account,
    occurred_at,
    session as logged_session,
    left(
        sha256(
            concat_ws(
                chr(31),
                source,
                account,
                first_value(event_id) over (
                    partition by source, account, session, device, address, client, ordinal
                    order by occurred_at, event_id
                )
            )
        ),
        16
    ) as session_id
from numbered
