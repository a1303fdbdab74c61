-- SPDX-License-Identifier: Apache-2.0
-- witnesses: the acts that several sources tell of, and who tells them; the best kept source first.
-- reads   joined_acts, act_contradictions, settled_events
-- gives   witnesses: one row per event of such an act
select
    a.act_id,
    a.event_id,
    a.source,
    row_number() over (
        partition by a.act_id
        order by
            a.custody_rank,
            a.event_id
    ) as rank,
    a.joined_by,
    a.verdict is not null as in_scope,
    c.disagrees,
    s.settled_by
from joined_acts as a
left join act_contradictions as c
    on c.act_id = a.act_id
left join settled_events as s
    on s.event_id = a.event_id
