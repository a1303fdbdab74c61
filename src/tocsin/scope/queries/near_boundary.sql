-- SPDX-License-Identifier: Apache-2.0
-- near_boundary: events so near to the beginning or end of a suspect's period that another clock would say otherwise.
-- reads   near_matches, judged
-- gives   near_boundary: one row per event
select
    n.event_id,
    min(n.suspect_id) as suspect_id,
    bool_or(j.event_id is not null) as in_scope
from near_matches as n
left join judged as j
    on j.event_id = n.event_id
group by n.event_id
