-- SPDX-License-Identifier: Apache-2.0
-- several_controllers: the controllers of the persons and categories that have more than one.
-- reads   disclosures, exposed, folded
-- gives   several_controllers: one row per person and category with more than one controller

with

several as (
    select
        person_id,
        category
    from folded
    where first_controller <> last_controller
),

named as (
    select distinct
        s.person_id,
        s.category,
        d.controller
    from disclosures as d
    join exposed as x
      on x.registry is not distinct from d.registry
     and x.person = d.person
    join several as s
      on s.person_id = x.person_id
     and s.category = d.category
    where d.controller is not null
)

select
    person_id,
    category,
    list(controller order by controller) as controllers
from named
group by
    person_id,
    category
