-- SPDX-License-Identifier: Apache-2.0
-- settled_events: events in scope that name nobody, of whose act another witness tells exactly what it showed.
--   1. only a shared request settles, told once by the event's own source, and only without a contradiction
--   2. the witness's source answers whole: each of its tellings is in scope, and a rule of the catalogue covers it
--   3. its logs were out of the attacker's reach
--   4. something beside the request agrees: account, session, address or path
--   5. it names as many persons as the event has items, or more
-- reads   told_events
-- gives   settled_events: one row per event, with the witness that settles it
with answers as (
    select
        act_id,
        source,
        min(custody_rank) as custody_rank,
        min(event_id) filter (where answer = 'told') as witness_id,
        sum(persons) as persons
    from told_events
    where custody_rank < 3
    group by
        act_id,
        source
    having bool_and(answer <> 'open')
        and bool_or(answer = 'told')
),
asked as (
    select *
    from told_events
    where fate = 'unresolved'
        and reason in ('no_rule', 'missing_parameter', 'unknown_content')
        and attempts = 1
        and (disagrees is null or disagrees = ['verdict'])
),
agreeing as (
    select distinct
        q.event_id,
        a.custody_rank,
        a.witness_id
    from asked as q
    inner join answers as a
        on a.act_id = q.act_id
        and a.source <> q.source
        and a.persons >= coalesce(q.items, 0)
    inner join told_events as w
        on w.act_id = a.act_id
        and w.source = a.source
    where w.account = q.account
        or w.session = q.session
        or w.address = q.address
        or (
            length(q.object) > 1
            and length(w.object) > 1
            and starts_with(q.object, '/')
            and starts_with(w.object, '/')
            and (ends_with(q.object, w.object) or ends_with(w.object, q.object))
        )
)
select
    event_id,
    arg_min(witness_id, (custody_rank, witness_id)) as settled_by
from agreeing
group by event_id
