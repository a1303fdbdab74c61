-- SPDX-License-Identifier: Apache-2.0
-- files_told: the files of each person to inform, the one that holds now first.
-- reads   told, persons, registry
-- gives   files_told: one row per person, local id and period of validity
select
    t.person_id,
    p.registry,
    p.person,
    r.person is not null as in_registry,
    r.family_name,
    r.used_name,
    r.given_names,
    r.birth_date,
    r.phone,
    r.email,
    r.address,
    r.deceased,
    r.guardian,
    row_number() over (
        partition by t.person_id
        order by
            r.person is null,
            r.valid_until desc nulls first,
            r.valid_from desc nulls last,
            p.registry,
            p.person,
            r.controller
    ) as rank
from told as t
join persons as p
  on p.person_id = t.person_id
left join registry as r
  on r.registry = p.registry
 and r.person = p.person
