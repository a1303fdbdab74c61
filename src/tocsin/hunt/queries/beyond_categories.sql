-- SPDX-License-Identifier: Apache-2.0
-- beyond_categories: persons of the sample whom the logs show, but not in a category that the sample holds.
-- reads   sample_filled, sample_persons_found, sample_people, exposure
-- gives   one row per category of the sample
with held as (
    select distinct
        f.category,
        s.person_id
    from sample_filled as f
    inner join sample_persons_found as s
        on s.row = f.row
    inner join sample_people as p
        on p.person_id = s.person_id
    where p.count_in is not null
),
told as (
    select
        h.category,
        h.person_id,
        exists (
            select 1
            from exposure as e
            where e.person_id = h.person_id
                and e.count_in is not null
                -- What no rule describes may have been this.
                and e.category in (h.category, 'undetermined')
        ) as is_told
    from held as h
)
select
    category,
    cast(count(*) as bigint) as persons,
    cast(count(*) filter (where not is_told) as bigint) as beyond
from told
group by category
order by category
