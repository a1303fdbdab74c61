-- SPDX-License-Identifier: Apache-2.0
-- spoken_weights: the terms of the sessions that speak against their account, for the reasons told: one in twenty.
-- reads   all_weights, session_weights, weighed_actors
-- gives   spoken_weights: one row per session and term
-- binds   (none)
select a.*
from all_weights as a
semi join (
    select s.session
    from session_weights as s
    semi join weighed_actors as w
      on w.actor = s.actor
    where s.weight > 0
) as s
  on s.session = a.session
