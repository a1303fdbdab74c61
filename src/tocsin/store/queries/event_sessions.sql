-- SPDX-License-Identifier: Apache-2.0
-- event_sessions: which session each event of the accounts in question belongs to.
--   A logged session lasts as long as the system says; another ends with 30 minutes of silence.
-- reads   events, session_accounts
-- gives   event_sessions: one row per event of those accounts
with acts as materialized (
    select
        e.event_id,
        e.source,
        e.account,
        e.occurred_at,
        -- Whole numbers are sorted and compared in half the time that instants take.
        epoch_us(e.occurred_at) as us,
        e.session,
        case when e.session is null then e.device end as device,
        case when e.session is null then e.address end as address,
        case when e.session is null then e.client end as client
    from events as e
    where e.account in (select a.account from session_accounts as a)
),
-- Numbers sort and compare sooner than six texts do.
habits as materialized (
    select
        *,
        cast(row_number() over () as integer) as habit
    from (
        select distinct
            source,
            account,
            session,
            device,
            address,
            client
        from acts
    ) as distinct_habits
),
paced as (
    select
        a.event_id,
        a.occurred_at,
        a.us,
        h.habit,
        case
            when lag(a.us) over pace is null
                or (h.session is null and a.us - lag(a.us) over pace > 30 * 60 * 1000000)
                then a.event_id
        end as begins
    from acts as a
    inner join habits as h
        on h.source = a.source
        and h.account = a.account
        and h.session is not distinct from a.session
        and h.device is not distinct from a.device
        and h.address is not distinct from a.address
        and h.client is not distinct from a.client
    window pace as (
        partition by h.habit
        order by a.us, a.event_id
    )
),
begun as materialized (
    select
        event_id,
        occurred_at,
        habit,
        last_value(begins ignore nulls) over (
            partition by habit
            order by us, event_id
            rows between unbounded preceding and current row
        ) as first_event_id
    from paced
),
named as (
    select
        b.first_event_id,
        h.source,
        h.account,
        h.session,
        left(sha256(concat_ws(chr(31), h.source, h.account, b.first_event_id)), 16) as session_id
    from begun as b
    inner join habits as h
        on h.habit = b.habit
    where b.event_id = b.first_event_id
)
select
    b.event_id,
    n.source,
    n.account,
    b.occurred_at,
    n.session as logged_session,
    n.session_id,
    b.first_event_id
from begun as b
inner join named as n
    on n.first_event_id = b.first_event_id
