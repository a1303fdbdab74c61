-- SPDX-License-Identifier: Apache-2.0
-- open_answers: answers that somebody has to deal with: a wrong person, a list that was asked for.
-- reads   answers, persons
-- gives   one row per answer, with the files of the person as they are joined now
-- binds   $closed, $kinds

select
    a.number,
    a.answer,
    a.given_at,
    a.taken_by,
    a.person_id,
    list(p.registry || ':' || p.person order by p.registry, p.person)
        filter (where p.person is not null) as files
from answers as a
left join persons as own
  on own.own_id = a.person_id
left join persons as p
  on p.person_id = coalesce(own.person_id, a.person_id)
where list_contains($kinds, a.answer)
  and not list_contains($closed, a.number)
group by
    a.number,
    a.answer,
    a.given_at,
    a.taken_by,
    a.person_id
order by a.number
