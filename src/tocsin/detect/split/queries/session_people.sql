-- SPDX-License-Identifier: Apache-2.0
-- session_people: whom the sessions of the accounts to split saw, by name.
-- reads   held_views, session_features
-- gives   session_people: one row per session and person
-- binds   (none)
select distinct
    session_id(f.source, f.account, f.session) as session_id,
    v.registry,
    v.person
from held_views as v
join session_features as f
  on f.session = v.session
where not f.is_declared
