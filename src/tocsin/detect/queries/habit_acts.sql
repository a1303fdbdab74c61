-- SPDX-License-Identifier: Apache-2.0
-- habit_acts: every event of an account, with its way of acting and the half hour it falls in, numbered from 1970 on.
-- reads   slice_events, slice_habits
-- gives   habit_acts: one row per event of these days
-- binds   (none)
select
    e.*,
    cast(epoch_us(e.occurred_at) // (30 * 60 * 1000000) as integer) as half_hour,
    h.habit,
    h.actor
from slice_events as e
join slice_habits as h
  on h.way = way_of(e.source, e.account, e.session, e.device, e.address, e.client)
