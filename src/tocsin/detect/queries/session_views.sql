-- SPDX-License-Identifier: Apache-2.0
-- session_views: the persons of each session by their local ids, for whoever reads few accounts.
-- reads   person_views, met_persons
-- gives   session_views: one row per session and person
-- binds   (none)
select
    v.session,
    v.actor,
    p.registry,
    p.person,
    v.seen_at,
    v.event_id,
    v.is_new
from person_views as v
join met_persons as p
  on p.number = v.number
