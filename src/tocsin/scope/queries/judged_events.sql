-- SPDX-License-Identifier: Apache-2.0
-- judged_events: the scope, which is every event that a suspect matches and that is not legitimate.
-- reads   ranked_matches
-- gives   judged: one row per event in scope
select
    event_id,
    suspect_id,
    verdict,
    p
from ranked_matches
where turn = 1
    and verdict <> 'legitimate'
