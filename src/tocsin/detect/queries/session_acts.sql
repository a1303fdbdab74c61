-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what was done in each session, whoever was seen, and in which way of acting it began.
-- reads   half_hours, half_hour_cuts
-- gives   session_acts: one row per session of these accounts
-- binds   (none)
select
    c.session,
    max(c.habit) filter (where moment_id(a.first) = c.session) as habit,
    c.actor,
    make_timestamptz(moment_us(min(a.first)))                  as first_at,
    max(a.last_at)                                             as last_at,
    cast(sum(a.events) as integer)                             as events,
    cast(sum(a.writes) as integer)                             as writes,
    cast(sum(a.searches) as integer)                           as searches,
    cast(sum(a.broad_searches) as integer)                     as broad_searches,
    cast(sum(a.failures) as integer)                           as failures
from half_hours as a
join half_hour_cuts as c
  on c.habit = a.habit
 and c.half_hour = a.half_hour
group by c.session, c.actor
