-- SPDX-License-Identifier: Apache-2.0
-- behind_fates: the events in scope that showed something, nothing, or that are not resolved.
-- reads   disclosures, nothing_shown, unresolved, uncovered
-- gives   behind: one row per event
-- binds   $fate, $reason

select event_id
from disclosures
where $fate = 'disclosed'
union
select event_id
from nothing_shown
where $fate = 'nothing_shown'
  and ($reason is null or reason = $reason)
union
select event_id
from unresolved
where $fate = 'unresolved'
  and ($reason is null or reason = $reason)
union
select event_id
from uncovered
where $fate = 'uncovered'
