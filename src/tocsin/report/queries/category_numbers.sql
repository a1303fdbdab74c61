-- SPDX-License-Identifier: Apache-2.0
-- category_numbers: categories as small numbers: those of the catalogue, and those disclosed.
-- reads   disclosures
-- gives   category_numbers: one row per category
-- binds   $categories

with

named as (
    select unnest($categories) as category
    union
    select category
    from disclosures
)

select
    category,
    row_number() over (order by category)::tinyint as number
from named
