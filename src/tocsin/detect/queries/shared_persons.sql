-- SPDX-License-Identifier: Apache-2.0
-- shared_persons: persons whom a colleague of the same organisation opens too, earlier or later.
--   What stands in for a relation where none is told: colleagues have their patients in common.
--   Later counts as well: otherwise the first weeks of a log would all look strange.
-- reads   person_views, actors
-- gives   shared_persons: one row per account and person
-- binds   (none)
with

first_views as (
    select
        v.actor,
        v.number,
        count(*) over (partition by a.organisation, v.number) as fellows
    from person_views as v
    join actors as a
      on a.actor = v.actor
    where v.is_new
      and a.organisation is not null
)

select
    actor,
    number
from first_views
where fellows > 1
