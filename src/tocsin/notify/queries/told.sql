-- SPDX-License-Identifier: Apache-2.0
-- told: whom to inform, and what was shown of each.
--   Of a split account, whoever is not kept off is told whatever the count; whoever is, is listed.
-- reads   exposure, persons, split_standing
-- gives   told: one row per person; categories and certainties go side by side
-- binds   $levels, $zone

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
    left join split_standing as s
      on s.person_id = e.person_id
    where list_contains($levels, e.count_in)
       or s.person_id is not null
    qualify list_contains($levels, e.count_in)
         or not bool_or(list_contains($levels, e.count_in)) over (partition by e.person_id)
)

select
    person_id,
    list(category order by category) as categories,
    list(certainty order by category) as certainties,
    min(first_at) as first_at,
    max(last_at) as last_at,
    [
        strftime(min(first_at) at time zone cast($zone as varchar), '%Y-%m-%d'),
        strftime(max(last_at) at time zone cast($zone as varchar), '%Y-%m-%d')
    ] as days,
    list_sort(list_distinct(flatten(list(coalesce(controllers, cast([] as varchar[])))))) as controllers,
    sha256(
        concat_ws(
            ';',
            string_agg(
                concat_ws('|', category, certainty, array_to_string(controllers, ' ')),
                ';'
                order by category
            ),
            strftime(min(first_at) at time zone cast($zone as varchar), '%Y-%m-%d'),
            strftime(max(last_at) at time zone cast($zone as varchar), '%Y-%m-%d')
        )
    ) as facts
from shown
group by person_id
