-- SPDX-License-Identifier: Apache-2.0
-- half_hours: what was done in each way of acting, by the half hour of the clock.
--   No pause within one is long enough to end a session: sessions are made of these, and events are not
--   sorted.
-- reads   habit_acts
-- gives   half_hours: one row per slice, habit and half hour
-- binds   (none)
select
    actor,
    habit,
    half_hour,
    min({'at': occurred_at, 'event_id': event_id})  as first,
    max(occurred_at)                                as last_at,
    count(*)                                        as events,
    count(*) filter (where kind & 1 <> 0)           as writes,
    count(*) filter (where kind & 2 <> 0)           as searches,
    count(*) filter (where kind & 4 <> 0)           as broad_searches,
    count(*) filter (where kind & 8 <> 0)           as failures
from habit_acts
group by actor, habit, half_hour
