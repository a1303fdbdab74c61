-- SPDX-License-Identifier: Apache-2.0
-- sessions: one account's sessions: as logged, else cut by more than 30 minutes of silence.
-- reads   acts
-- gives   one row per session, in order of time
-- binds   $account, $most

select
    session_id                                                          as session,
    min(session)                                                        as logged_session,
    min(source)                                                         as source,
    min(occurred_at)                                                    as first_at,
    max(occurred_at)                                                    as last_at,
    coalesce(
        list_sort(list(distinct address) filter (address is not null))[:50],
        []
    )                                                                   as addresses,
    first(device order by occurred_at, event_id)                        as device,
    first(client order by occurred_at, event_id)                        as client,
    first(user_agent order by occurred_at, event_id)                    as user_agent,
    count(*)                                                            as events,
    count(*) filter (outcome = 'failure')                               as failures,
    count(distinct (person_domain, person)) filter (person is not null) as persons,
    count(distinct object) filter (object <> '')                        as objects,
    count(*) over ()                                                    as total
from acts
where account = $account
group by session_id
order by first_at, session
limit $most
