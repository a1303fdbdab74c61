-- SPDX-License-Identifier: Apache-2.0
-- scoped: the events in scope, how strong their verdict is, and what can be said without any rule.
-- reads   needed_events, judged
-- gives   scoped: one row per event in scope; kind is open, failure, failed or the reason of a signing in or out
select
    e.* replace (
        nullif(e.person, '') as person,
        list_filter(e.persons, lambda id: id <> '') as persons,
        nullif(e.record, '') as record,
        coalesce(e.outcome, 'unknown') as outcome
    ),
    j.verdict,
    -- 1 enters the floor, 2 the best, 3 the ceiling alone.
    case
        when j.verdict = 'illegitimate' then 1
        when j.p >= 0.5 then 2
        else 3
    end as strength,
    case
        when e.action in ('login', 'login_failed')
            then case when e.outcome = 'failure' then 'failure' else 'login' end
        when e.action = 'logout' then 'logout'
        when e.outcome = 'failure' then 'failed'
        else 'open'
    end as kind
from needed_events as e
inner join judged as j
    on j.event_id = e.event_id
