-- SPDX-License-Identifier: Apache-2.0
-- distant_persons: of the persons whom no relation and no colleague explains, those whom another organisation
--   opens, and whether one of these has many persons in common with the account's own.
-- reads   strange_views, opened_persons, home_ties
-- gives   distant_persons: one row per account and person
-- binds   (none)
select
    s.session,
    s.actor,
    s.number,
    bool_or(t.home is not null) as is_tied
from strange_views as s
join opened_persons as o
  on o.number = s.number
 and o.home <> s.home
left join home_ties as t
  on t.home = s.home
 and t.other = o.home
where not s.is_shared
group by s.session, s.actor, s.number
