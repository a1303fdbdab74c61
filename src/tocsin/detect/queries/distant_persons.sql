-- SPDX-License-Identifier: Apache-2.0
-- distant_persons: of the persons whom no relation and no colleague explains, those whom another organisation
--   opens, and whether one of these has many persons in common with the account's own.
-- reads   person_views, explained_views, shared_persons, opened_persons, homes, home_ties
-- gives   distant_persons: one row per account and person
-- binds   (none)
with

strange as (
    select
        v.actor,
        v.number,
        h.home
    from person_views as v
    join homes as h
      on h.actor = v.actor
    anti join explained_views as x
      on x.actor = v.actor
     and x.number = v.number
    anti join shared_persons as s
      on s.actor = v.actor
     and s.number = v.number
    where v.is_new
)

select
    s.actor,
    s.number,
    bool_or(t.home is not null) as is_tied
from strange as s
join opened_persons as o
  on o.number = s.number
 and o.home <> s.home
left join home_ties as t
  on t.home = s.home
 and t.other = o.home
group by s.actor, s.number
