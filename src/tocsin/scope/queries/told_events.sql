-- SPDX-License-Identifier: Apache-2.0
-- told_events: what the catalogue says of each witness in scope, and of how many persons.
-- reads   request_acts, act_contradictions, fates, rule_hits, shown
-- gives   told_events: one row per witness; answer is told, silent (an attempt that showed nothing) or open
with persons as (
    select
        s.event_id,
        count(distinct coalesce(s.person, s.record)) as persons
    from shown as s
    where s.event_id in (select a.event_id from request_acts as a)
    group by s.event_id
)
select
    a.*,
    c.disagrees,
    f.fate,
    f.reason,
    coalesce(p.persons, 0) as persons,
    case
        when f.fate = 'disclosed' and a.event_id in (select h.event_id from rule_hits as h) then 'told'
        when f.fate = 'nothing_shown' and f.reason in ('rule', 'login', 'logout') then 'told'
        when f.fate = 'nothing_shown' and f.reason in ('failure', 'retry') then 'silent'
        else 'open'
    end as answer
from request_acts as a
left join act_contradictions as c
    on c.act_id = a.act_id
left join fates as f
    on f.event_id = a.event_id
left join persons as p
    on p.event_id = a.event_id
