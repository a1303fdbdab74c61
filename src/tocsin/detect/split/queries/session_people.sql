-- SPDX-License-Identifier: Apache-2.0
-- session_people: whom the sessions of the accounts to split saw.
-- reads   held_views, met_persons, session_features
-- gives   session_people: one row per session and person
-- binds   (none)
select distinct
    f.session_id,
    p.registry,
    p.person
from held_views as v
join met_persons as p
  on p.number = v.number
join session_features as f
  on f.session = v.session
where not f.is_declared
