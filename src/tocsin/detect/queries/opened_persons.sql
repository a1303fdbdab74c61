-- SPDX-License-Identifier: Apache-2.0
-- opened_persons: which organisations ever opened each person, and how many accounts of theirs did.
-- reads   person_views, homes
-- gives   opened_persons: one row per organisation of these and person
-- binds   $first, $last, $first_home, $last_home
select
    h.home,
    v.number,
    cast(count(*) as integer) as fellows
from person_views as v
join homes as h
  on h.actor = v.actor
where v.is_new
  and v.actor between $first and $last
  and h.home between $first_home and $last_home
group by h.home, v.number
