-- SPDX-License-Identifier: Apache-2.0
-- strange_views: first views of a person that no relation explains, and whether a colleague of the same
--   organisation opens that person too, earlier or later.
--   What stands in for a relation where none is told: colleagues have their patients in common.
--   Later counts as well: otherwise the first weeks of a log would all look strange.
-- reads   unexplained_views, opened_persons, homes
-- gives   strange_views: one row per account and person
-- binds   $first, $last, $first_home, $last_home
select
    u.session,
    u.actor,
    u.number,
    h.home,
    o.fellows > 1 as is_shared
from unexplained_views as u
join homes as h
  on h.actor = u.actor
join opened_persons as o
  on o.home = h.home
 and o.number = u.number
where u.actor between $first and $last
  and o.home between $first_home and $last_home
