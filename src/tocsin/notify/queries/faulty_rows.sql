-- SPDX-License-Identifier: Apache-2.0
-- faulty_rows: recipients whose contact data are wrong, by row, whether or not another way is left.
-- reads   recipients, persons
-- gives   one row per person: number, registry, local ids (or the account), way chosen, what is wrong

select
    r.person_id,
    p.registry,
    coalesce(p.person, r.person) as person,
    r.channel,
    array_to_string(r.faults, ' ') as faults
from recipients as r
left join persons as p
  on p.person_id = r.person_id
where len(r.faults) > 0
order by
    r.person_id,
    p.registry,
    person
