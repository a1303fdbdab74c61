-- SPDX-License-Identifier: Apache-2.0
-- session_people: whom the sessions of the accounts to split saw.
-- reads   session_views, session_features, split_actors
-- gives   session_people: one row per session and person
-- binds   (none)
select distinct
    f.session_id,
    v.registry,
    v.person
from session_views as v
join split_actors as a
  on a.actor = v.actor
 and not a.is_clean
join session_features as f
  on f.session = v.session
where not f.is_declared
