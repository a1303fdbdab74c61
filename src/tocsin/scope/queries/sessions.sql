-- SPDX-License-Identifier: Apache-2.0
-- sessions: the sessions of the accounts that have judged events.
-- reads   session_acts, event_sessions
-- gives   sessions: one row per session
with named_acts as (
    select
        x.first_event_id,
        a.person,
        a.persons
    from session_acts as a
    inner join event_sessions as x
        on x.event_id = a.event_id
    where a.person is not null
        or a.persons is not null
),
named_persons as (
    select
        first_event_id,
        cast(count(distinct person) as bigint) as persons
    from (
        select
            first_event_id,
            person
        from named_acts
        union all
        select
            first_event_id,
            unnest(persons)
        from named_acts
        where persons is not null
    ) as every_person
    group by first_event_id
),
cut as (
    select
        first_event_id,
        any_value(session_id) as session_id,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        cast(count(*) as bigint) as events
    from event_sessions
    group by first_event_id
)
select
    c.session_id,
    a.source,
    a.session as logged_session,
    a.account,
    a.device,
    a.address,
    a.client,
    c.first_at,
    c.last_at,
    c.events,
    coalesce(n.persons, 0) as persons
from cut as c
inner join session_acts as a
    on a.event_id = c.first_event_id
left join named_persons as n
    on n.first_event_id = c.first_event_id
