-- SPDX-License-Identifier: Apache-2.0
-- not_me_open: persons who were told and say that it is not about them; nobody has looked into it yet.
-- reads   answers, persons
-- gives   one row: such answers, and the persons they are of as files are joined now
-- binds   $closed

select
    count(*)                                                   as answers,
    count(distinct coalesce(p.person_id, a.person_id))         as persons
from answers as a
left join persons as p
  on p.own_id = a.person_id
where a.answer = 'not_me'
  and not list_contains($closed, a.number)
