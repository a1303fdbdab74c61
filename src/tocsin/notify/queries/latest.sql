-- SPDX-License-Identifier: Apache-2.0
-- latest: the last notice released for each person, whatever number the person had then.
--   Two files that were joined into one person since are one: the later notice holds, then the lower number.
-- reads   notices, persons
-- gives   latest: one row per person of some released wave
-- binds   $waves

with

placed as (
    select
        coalesce(p.person_id, n.person_id) as person_now,
        n.*,
        row_number() over (
            partition by coalesce(p.person_id, n.person_id)
            order by
                n.wave desc,
                n.person_id
        ) as place
    from notices as n
    left join persons as p
      on p.own_id = n.person_id
    where list_contains($waves, n.wave)
)

select
    person_now as person_id,
    wave,
    channel,
    why,
    answer,
    facts,
    categories,
    certainties,
    days
from placed
where place = 1
