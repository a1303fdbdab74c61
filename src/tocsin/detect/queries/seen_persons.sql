-- SPDX-License-Identifier: Apache-2.0
-- seen_persons: whom each access obtained, as numbers, and in which half hour of which way of acting.
-- reads   obtained_persons, slice_numbers, habit_acts
-- gives   seen_persons: one row per event and local id
-- binds   (none)
select
    x.actor,
    x.habit,
    x.half_hour,
    p.number,
    p.digits,
    x.occurred_at,
    x.event_id
from obtained_persons as o
join slice_numbers as p
  on p.person = o.person
 and p.registry is not distinct from o.registry
join habit_acts as x
  on x.event_id = o.event_id
