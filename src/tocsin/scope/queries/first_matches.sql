-- SPDX-License-Identifier: Apache-2.0
-- first_matches: of the suspects that each event falls under, the one that holds.
-- reads   matched, ranked_suspects
-- gives   first_matches: one row per event that a suspect matches, and how many do
select
    m.event_id,
    min(r.turn) as turn,
    count(*) as matches
from matched as m
inner join ranked_suspects as r
    on r.suspect_id = m.suspect_id
group by m.event_id
