-- SPDX-License-Identifier: Apache-2.0
-- ended_events: what accounts did after the directory ended them, beside failing.
-- reads   events, actors
-- gives   ended_events: one row per event
-- binds   (none)
select e.*
from events as e
join actors as a
  on a.account = e.account
 and e.occurred_at >= a.active_until
where e.outcome <> 'failure'
  and e.action <> 'login_failed'
