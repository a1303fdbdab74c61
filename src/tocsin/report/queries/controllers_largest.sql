-- SPDX-License-Identifier: Apache-2.0
-- controllers_largest: the controllers with the most persons concerned.
-- reads   counted, controller_numbers, controllers
-- gives   one row per controller, the ten largest
-- binds   $most

with

sizes as (
    select
        controller as number,
        count(distinct person_id) filter (where level = 1) as floor,
        count(distinct person_id) filter (where level <= 2) as best
    from counted
    where controller is not null
      and level <= 2
    group by controller
),

names as (
    select
        controller,
        min(name) as name
    from controllers
    group by controller
)

select
    c.controller,
    n.name,
    s.floor,
    s.best
from sizes as s
join controller_numbers as c
  on c.number = s.number
left join names as n
  on n.controller = c.controller
order by
    s.best desc,
    c.controller
limit $most
