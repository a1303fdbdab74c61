-- SPDX-License-Identifier: Apache-2.0
-- opened_persons: which organisations ever opened each person, and how many of these accounts did.
-- reads   first_views, homes
-- gives   opened_persons: one row per organisation and person
-- binds   (none)
select
    h.home,
    v.number,
    cast(count(*) as integer) as fellows
from first_views as v
join homes as h
  on h.actor = v.actor
group by h.home, v.number
