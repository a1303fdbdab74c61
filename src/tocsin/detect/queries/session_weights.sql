-- SPDX-License-Identifier: Apache-2.0
-- session_weights: how much likelier a thief makes each session, all terms together; and those alone that
--   honest bulk work shows too: whom, how many, how many a search gave; and what its place says.
-- reads   all_weights, session_features, weighed_actors
-- gives   session_weights: one row per session that saw somebody, the logarithm of the ratio
-- binds   (none)
with

-- Summed before they are joined: seven rows a session become one.
summed as (
    select
        session,
        sum(weight)                                                                  as weight,
        sum(weight) filter (where term not in ('new_place', 'odd_hour', 'no_write', 'near_ids', 'sweep')) as bulky,
        sum(weight) filter (where term = 'new_place')                                as placed
    from all_weights
    group by session
)

select
    f.session,
    f.actor,
    f.role,
    f.day,
    f.first_at,
    f.last_at,
    f.events,
    f.persons,
    coalesce(w.weight, 0) as weight,
    coalesce(w.bulky, 0)  as bulky,
    coalesce(w.placed, 0) as placed
from session_features as f
semi join weighed_actors as a
  on a.actor = f.actor
left join summed as w
  on w.session = f.session
where f.persons > 0
  and not f.is_declared
