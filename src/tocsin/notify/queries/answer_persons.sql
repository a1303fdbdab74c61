-- SPDX-License-Identifier: Apache-2.0
-- answer_persons: whom each row of a file of answers is about, by what it was identified by.
-- reads   asked, notices, persons
-- gives   one row per row and person found

select
    a.row_number,
    n.person_id
from asked as a
join notices as n
  on n.code = a.code
union
select
    a.row_number,
    n.person_id
from asked as a
join notices as n
  on split_part(ltrim(n.message_id, '<'), '@', 1) = a.reference
union
select
    a.row_number,
    p.person_id
from asked as a
join persons as p
  on p.registry = a.registry
 and p.person = a.person
order by
    row_number,
    person_id
