-- SPDX-License-Identifier: Apache-2.0
-- judged_twice: the scope, where an event of an hour that happened twice is judged in both its readings.
--   1. both within the suspects' periods: the weaker verdict of the two
--   2. one of them only: doubtful, without a probability, so in the ceiling alone
-- reads   judged_late, judged_early, events_early
-- gives   judged: one row per event in scope
select l.*
from judged_late as l
where l.event_id not in (select t.event_id from events_early as t)
union all
select
    coalesce(l.event_id, e.event_id) as event_id,
    case
        when l.event_id is null or e.event_id is null then coalesce(l.suspect_id, e.suspect_id)
        when e.verdict = 'doubtful' and coalesce(e.p, 0) <= coalesce(l.p, 0) then e.suspect_id
        when l.verdict = 'doubtful' then l.suspect_id
        else least(l.suspect_id, e.suspect_id)
    end as suspect_id,
    case when l.verdict = 'illegitimate' and e.verdict = 'illegitimate' then 'illegitimate' else 'doubtful' end as verdict,
    case when l.event_id is not null and e.event_id is not null then
        case when l.p is null or e.p is null then null else least(l.p, e.p) end
    end as p
from (
    select *
    from judged_late
    where event_id in (select t.event_id from events_early as t)
) as l
full join judged_early as e
    on e.event_id = l.event_id
