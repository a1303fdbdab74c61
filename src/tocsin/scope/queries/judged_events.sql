-- SPDX-License-Identifier: Apache-2.0
-- judged_events: the scope, which is every event that a suspect matches and that is not legitimate.
-- reads   first_matches, ranked_suspects
-- gives   judged: one row per event in scope
select
    m.event_id,
    r.suspect_id,
    r.verdict,
    r.p
from first_matches as m
inner join ranked_suspects as r
    on r.turn = m.turn
where r.verdict <> 'legitimate'
