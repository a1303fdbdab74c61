-- SPDX-License-Identifier: Apache-2.0
-- opened_persons: which organisations ever opened each person.
-- reads   person_views, homes
-- gives   opened_persons: one row per organisation and person
-- binds   (none)
select distinct
    h.home,
    v.number
from person_views as v
join homes as h
  on h.actor = v.actor
where v.is_new
