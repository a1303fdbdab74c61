-- SPDX-License-Identifier: Apache-2.0
-- held_views: whom the sessions of the accounts to split saw: a small share of all views, gone through once.
-- reads   person_views, split_actors
-- gives   held_views: one row per session and person
-- binds   (none)
select
    v.session,
    v.actor,
    v.number,
    v.seen_at,
    v.event_id,
    v.is_new
from person_views as v
semi join (select a.actor from split_actors as a where not a.is_clean) as h
  on h.actor = v.actor
