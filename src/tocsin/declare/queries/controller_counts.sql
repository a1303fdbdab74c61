-- SPDX-License-Identifier: Apache-2.0
-- controller_counts: how many persons each controller must answer for, and which of their data were shown.
-- reads   counted, category_numbers, controller_numbers, controllers
-- gives   one row per controller, by its id; categories and their persons, the most first

with

by_category as (
    select
        controller as number,
        category,
        count(distinct person_id) as persons
    from counted
    where controller is not null
      and level <= 2
    group by
        controller,
        category
),

listed as (
    select
        b.number,
        list(n.category order by b.persons desc, n.category) as categories,
        list(b.persons order by b.persons desc, n.category) as category_persons
    from by_category as b
    join category_numbers as n
      on n.number = b.category
    group by b.number
),

sizes as (
    select
        controller as number,
        count(distinct person_id) filter (where level = 1) as floor,
        count(distinct person_id) filter (where level <= 2) as best,
        count(distinct sure_id) filter (where level <= 3) as named
    from counted
    where controller is not null
      and level is not null
    group by controller
),

names as (
    select
        controller,
        min(name) as name,
        min(finess) as finess
    from controllers
    group by controller
)

select
    c.controller,
    n.name,
    n.finess,
    s.floor,
    s.best,
    s.named,
    coalesce(l.categories, []) as categories,
    coalesce(l.category_persons, []) as category_persons
from sizes as s
join controller_numbers as c
  on c.number = s.number
left join listed as l
  on l.number = s.number
left join names as n
  on n.controller = c.controller
order by c.controller
