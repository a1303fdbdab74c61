-- SPDX-License-Identifier: Apache-2.0
-- categories_count: how many distinct persons had each category shown.
-- reads   category_numbers, counted, nameless, bounds
-- gives   one row per category of the catalogue or disclosed

with

named as (
    select
        category,
        count(distinct person_id) filter (where level = 1) as floor,
        count(distinct person_id) filter (where level <= 2) as best,
        count(distinct sure_id) filter (where level <= 3) as named
    from counted
    group by category
),

strangers as (
    select
        category,
        count(*) as records
    from nameless
    group by category
),

bounds_of_all as (
    select
        coalesce(sum(bound), 0) as bound,
        count(*) filter (where bound is null) as boundless
    from bounds
    where categories is null
),

own_categories as (
    select
        unnest(list_distinct(categories)) as category,
        bound
    from bounds
    where categories is not null
),

own_bounds as (
    select
        category,
        sum(bound) as bound,
        count(*) filter (where bound is null) as boundless
    from own_categories
    group by category
)

select
    c.category,
    coalesce(n.floor, 0) as floor,
    coalesce(n.best, 0) as best,
    case
        when a.boundless + coalesce(o.boundless, 0) = 0
        then least(
            coalesce(n.named, 0) + coalesce(s.records, 0) + a.bound + coalesce(o.bound, 0),
            4000000000000000
        )::bigint
    end as ceiling
from category_numbers as c
cross join bounds_of_all as a
left join named as n
  on n.category = c.number
left join strangers as s
  on s.category = c.category
left join own_bounds as o
  on o.category = c.category
order by c.category
