-- SPDX-License-Identifier: Apache-2.0
-- slice_persons: the persons obtained in these days; those met before have their number.
-- reads   obtained_persons, met_persons
-- gives   slice_persons: one row per registry and local id
-- binds   (none)
with

met as (
    select distinct registry, person
    from obtained_persons
)

select
    p.number,
    m.registry,
    m.person,
    p.digits
from met as m
left join met_persons as p
  on p.registry is not distinct from m.registry
 and p.person = m.person
