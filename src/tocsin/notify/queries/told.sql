-- SPDX-License-Identifier: Apache-2.0
-- told: whom to inform, and what was shown of each.
-- reads   exposure, persons
-- gives   told: one row per person; categories and certainties go side by side
-- binds   $levels

with

real as (
    select person_id
    from persons
    group by person_id
    having not bool_and(coalesce(test_identity, false))
),

shown as (
    select e.*
    from exposure as e
    join real as r
      on r.person_id = e.person_id
    where list_contains($levels, e.count_in)
)

select
    person_id,
    list(category order by category) as categories,
    list(certainty order by category) as certainties,
    min(first_at) as first_at,
    max(last_at) as last_at,
    list_sort(list_distinct(flatten(list(coalesce(controllers, cast([] as varchar[])))))) as controllers,
    sha256(
        string_agg(
            concat_ws('|', category, certainty, array_to_string(controllers, ' ')),
            ';'
            order by category
        )
    ) as facts
from shown
group by person_id
