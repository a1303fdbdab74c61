-- SPDX-License-Identifier: Apache-2.0
-- behind_claim: the events that contradict a claim, a hundred at most.
-- reads   claims
-- gives   behind: one row per event
-- binds   $claim

select unnest(exception_events) as event_id
from claims
where claim = $claim
