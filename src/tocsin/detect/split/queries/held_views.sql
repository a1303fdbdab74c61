-- SPDX-License-Identifier: Apache-2.0
-- held_views: whom the sessions of the accounts to split saw, by name, and by which event first.
-- reads   obtained_persons, sessions_again
-- gives   held_views: one row per session, registry and local id
-- binds   (none)
select
    s.first_event_id   as session,
    p.registry,
    p.person,
    min(p.occurred_at) as seen_at,
    min(p.event_id)    as event_id
from obtained_persons as p
join sessions_again as s
  on s.event_id = p.event_id
group by s.first_event_id, p.registry, p.person
