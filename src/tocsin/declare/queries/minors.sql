-- SPDX-License-Identifier: Apache-2.0
-- minors: persons most likely concerned who were not eighteen at that instant, and those of unknown birth date.
-- reads   exposure, persons, registry
-- gives   one row: minors, without_birth_date
-- binds   $at

with

concerned as (
    select distinct person_id
    from exposure
    where count_in in ('floor', 'best')
),

rows_of as (
    select
        p.registry,
        p.person,
        p.person_id
    from persons as p
    join concerned as c
      on c.person_id = p.person_id
    where not coalesce(p.test_identity, false)
),

births as (
    select
        o.person_id,
        max(r.birth_date) as birth_date
    from rows_of as o
    left join registry as r
      on r.registry = o.registry
     and r.person = o.person
    group by o.person_id
)

select
    count(*) filter (where birth_date > cast($at as date) - interval 18 year) as minors,
    count(*) filter (where birth_date is null) as without_birth_date
from births
