-- SPDX-License-Identifier: Apache-2.0
-- habit_acts: every event of an account as five numbers and an instant; what it was as bits:
--   1 it wrote, 2 it searched, 4 its search gave twenty names or more, 8 it failed.
--   The half hour it falls in is numbered from 1970 on.
-- reads   slice_events, slice_habits
-- gives   habit_acts: one row per event of these days
-- binds   (none)
select
    e.event_id,
    e.occurred_at,
    cast(epoch_us(e.occurred_at) // (30 * 60 * 1000000) as integer) as half_hour,
    h.habit,
    h.actor,
    cast(
        case when e.action in ('create', 'update', 'delete') then 1 else 0 end
        + case when e.action = 'search' then 2 else 0 end
        + case when e.action = 'search' and e.items >= 20 then 4 else 0 end
        + case when e.outcome = 'failure' then 8 else 0 end
    as tinyint) as kind
from slice_events as e
join slice_habits as h
  on h.source = e.source
 and h.account = e.account
 and h.session is not distinct from e.session
 and h.device is not distinct from e.device
 and h.address is not distinct from e.address
 and h.client is not distinct from e.client
