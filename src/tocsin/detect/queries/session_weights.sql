-- SPDX-License-Identifier: Apache-2.0
-- session_weights: how much likelier a thief makes each session, all terms together.
-- reads   all_weights, session_features
-- gives   session_weights: one row per session that saw somebody, the logarithm of the ratio
-- binds   (none)
select
    f.session,
    f.session_id,
    f.actor,
    f.role,
    f.day,
    f.first_at,
    f.last_at,
    f.events,
    f.persons,
    coalesce(sum(w.weight), 0) as weight
from session_features as f
left join all_weights as w
  on w.session = f.session
where f.persons > 0
  and not f.is_declared
group by all
