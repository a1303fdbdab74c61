-- SPDX-License-Identifier: Apache-2.0
-- files_shown: the registries' files of which something was shown; a person may have several.
-- reads   disclosures, persons
-- gives   one row: floor, best, ceiling; what nobody can tell is not in it

with

narrowest as (
    select
        d.registry,
        d.person,
        min(list_position(['floor', 'best', 'ceiling'], d.count_in)) as level
    from disclosures as d
    left join persons as p
      on p.registry = d.registry
     and p.person = d.person
    where d.person is not null
      and d.count_in is not null
      and not coalesce(p.test_identity, false)
    group by
        d.registry,
        d.person
)

select
    count(*) filter (where level = 1) as floor,
    count(*) filter (where level <= 2) as best,
    count(*) as ceiling
from narrowest
