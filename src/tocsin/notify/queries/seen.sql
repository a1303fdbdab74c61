-- SPDX-License-Identifier: Apache-2.0
-- seen: categories that somebody to inform has in their notice.
-- reads   exposure
-- gives   one row per category
-- binds   $levels

select distinct category
from exposure
where list_contains($levels, count_in)
order by category
