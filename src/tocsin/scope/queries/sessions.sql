-- SPDX-License-Identifier: Apache-2.0
-- sessions: the sessions of the accounts that have judged events.
-- reads   events, event_sessions
-- gives   sessions: one row per session
with acts as (
    select
        x.session_id,
        x.logged_session,
        e.event_id,
        e.source,
        e.account,
        e.device,
        e.address,
        e.client,
        e.occurred_at,
        case
            when e.persons is null and e.person is null then null
            else list_distinct(list_append(coalesce(e.persons, cast([] as varchar[])), e.person))
        end as named
    from events as e
    inner join event_sessions as x
        on x.event_id = e.event_id
        and x.account = e.account
),
named_persons as (
    select
        session_id,
        cast(count(distinct person) as bigint) as persons
    from (
        select
            session_id,
            unnest(named) as person
        from acts
        where named is not null
    ) as named_acts
    group by session_id
),
cut as (
    select
        session_id,
        min(source) as source,
        min(logged_session) as logged_session,
        min(account) as account,
        arg_min_null(device, (occurred_at, event_id)) as device,
        arg_min_null(address, (occurred_at, event_id)) as address,
        arg_min_null(client, (occurred_at, event_id)) as client,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        cast(count(*) as bigint) as events
    from acts
    group by session_id
)
select
    c.session_id,
    c.source,
    c.logged_session,
    c.account,
    c.device,
    c.address,
    c.client,
    c.first_at,
    c.last_at,
    c.events,
    coalesce(n.persons, 0) as persons
from cut as c
left join named_persons as n
    on n.session_id = c.session_id
