-- SPDX-License-Identifier: Apache-2.0
-- strange_views: first views of a person that no relation explains, and whether a colleague of the same
--   organisation opens that person too, earlier or later.
--   What stands in for a relation where none is told: colleagues have their patients in common.
--   Later counts as well: otherwise the first weeks of a log would all look strange.
-- reads   person_views, explained_views, opened_persons, homes
-- gives   strange_views: one row per account and person
-- binds   $first, $last
with

unexplained as (
    select
        v.session,
        v.actor,
        v.number
    from person_views as v
    anti join explained_views as x
      on x.actor = v.actor
     and x.number = v.number
    where v.is_new
      and v.actor between $first and $last
)

select
    u.session,
    u.actor,
    u.number,
    h.home,
    o.fellows > 1 as is_shared
from unexplained as u
join homes as h
  on h.actor = u.actor
join opened_persons as o
  on o.home = h.home
 and o.number = u.number
