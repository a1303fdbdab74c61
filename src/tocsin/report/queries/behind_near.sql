-- SPDX-License-Identifier: Apache-2.0
-- behind_near: the events near a bound of a suspect's period.
-- reads   near_boundary
-- gives   behind: one row per event
-- binds   $in_scope

select event_id
from near_boundary
where in_scope = $in_scope
