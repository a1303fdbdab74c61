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
    min(moment(epoch_us(occurred_at), event_id))                                       as first,
    max(occurred_at)                                                                   as last_at,
    cast(count(*) as integer)                                                          as events,
    cast(count(*) filter (where action in ('create', 'update', 'delete')) as integer)  as writes,
    cast(count(*) filter (where action = 'search') as integer)                         as searches,
    cast(count(*) filter (where action = 'search' and items >= 20) as integer)         as broad_searches,
    cast(count(*) filter (where outcome = 'failure') as integer)                       as failures
from habit_acts
group by actor, habit, half_hour
