-- SPDX-License-Identifier: Apache-2.0
-- seen_persons: whom each access obtained, as numbers, and in which half hour of which way of acting.
-- reads   numbered_persons, habit_acts
-- gives   seen_persons: one row per event and local id
-- binds   (none)
select
    x.actor,
    x.habit,
    x.half_hour,
    p.number,
    p.digits,
    x.occurred_at
from numbered_persons as p
join habit_acts as x
  on x.event_id = p.event_id
