-- SPDX-License-Identifier: Apache-2.0
-- shown: disclosures of persons as numbers; level 1 enters the floor, 2 the best, 3 the ceiling, null none.
-- reads   disclosures, exposed, category_numbers, controller_numbers
-- gives   shown: one row per disclosure that names a person

select
    d.event_id,
    x.person_id,
    x.sure_id,
    n.number as category,
    c.number as controller,
    case
        when x.is_test then null
        when d.count_in = 'floor' then x.narrowest
        when d.count_in = 'best' then 2
        when d.count_in = 'ceiling' then 3
    end::tinyint as level,
    case d.certainty
        when 'taken' then 1
        when 'shown' then 2
        when 'reconstructed' then 3
        when 'reachable' then 4
        when 'unassessable' then 5
        else 6
    end::tinyint as certainty,
    d.protection = 'encrypted' and d.certainty <> 'excluded' and not x.is_test as is_encrypted,
    d.occurred_at
from disclosures as d
join exposed as x
  on x.registry is not distinct from d.registry
 and x.person = d.person
join category_numbers as n
  on n.category = d.category
left join controller_numbers as c
  on c.controller = d.controller
