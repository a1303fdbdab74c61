-- SPDX-License-Identifier: Apache-2.0
-- chosen_events: the acts of one account, or of everybody, as if they were in scope.
-- reads   events
-- gives   judged: one row per event
-- binds   $account
select
    event_id,
    'illegitimate' as verdict,
    1.0::double as p
from events
where $account is null
    or account = $account
