-- SPDX-License-Identifier: Apache-2.0
-- fates: what became of each event in scope.
-- reads   scoped, shown, unknown_events, empty
-- gives   fates: one row per event in scope; fate is disclosed, unresolved or nothing_shown
with disclosing as (
    select distinct event_id
    from shown
),
finding_nobody as (
    select
        event_id,
        min(reason) as reason
    from empty
    group by event_id
)
select
    e.event_id,
    case
        when d.event_id is not null then 'disclosed'
        when u.event_id is not null then 'unresolved'
        else 'nothing_shown'
    end as fate,
    case
        when d.event_id is not null then null
        when u.event_id is not null then u.reason
        when n.event_id is not null then n.reason
        when e.kind = 'open' then 'rule'
        when e.kind = 'failed' then 'failure'
        else e.kind
    end as reason
from scoped as e
left join disclosing as d
    on d.event_id = e.event_id
left join unknown_events as u
    on u.event_id = e.event_id
left join finding_nobody as n
    on n.event_id = e.event_id
