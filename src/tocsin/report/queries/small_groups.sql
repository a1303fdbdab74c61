-- SPDX-License-Identifier: Apache-2.0
-- small_groups: statements that gave only what is derived from persons, of groups of fewer than eleven.
-- reads   derived
-- gives   one row
select count(*) as events
from derived
where small_groups > 0
