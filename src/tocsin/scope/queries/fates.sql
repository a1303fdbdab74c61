-- SPDX-License-Identifier: Apache-2.0
-- fates: what became of each event in scope.
-- reads   scoped, shown, unknown_events, empty
-- gives   fates: one row per event in scope; fate is disclosed, unresolved or nothing_shown
with finding_nobody as (
    select
        event_id,
        min(reason) as reason
    from empty
    group by event_id
),
told as (
    select
        event_id,
        kind,
        event_id in (select s.event_id from shown as s) as is_disclosed
    from scoped
)
select
    e.event_id,
    case
        when e.is_disclosed then 'disclosed'
        when u.event_id is not null then 'unresolved'
        else 'nothing_shown'
    end as fate,
    case
        when e.is_disclosed then null
        when u.event_id is not null then u.reason
        when n.event_id is not null then n.reason
        when e.kind = 'open' then 'rule'
        when e.kind = 'failed' then 'failure'
        else e.kind
    end as reason
from told as e
left join unknown_events as u
    on u.event_id = e.event_id
left join finding_nobody as n
    on n.event_id = e.event_id
