-- SPDX-License-Identifier: Apache-2.0
-- shared_persons: persons whom a colleague of the same organisation had opened before this account did.
--   What stands in for a relation where none is told: colleagues have their patients in common.
-- reads   person_views, actors
-- gives   shared_persons: one row per account and person
-- binds   (none)
with

firsts as (
    select
        v.actor,
        v.number,
        v.seen_at,
        min(v.seen_at) over (partition by a.organisation, v.number) as first_at
    from person_views as v
    join actors as a
      on a.actor = v.actor
    where v.is_new
      and a.organisation is not null
)

select
    actor,
    number
from firsts
where first_at < seen_at
