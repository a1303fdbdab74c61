-- SPDX-License-Identifier: Apache-2.0
-- released_persons: distinct persons whom some released wave holds.
-- reads   notices
-- gives   one row: their number
-- binds   $waves

select count(distinct person_id)
from notices
where list_contains($waves, wave)
