-- SPDX-License-Identifier: Apache-2.0
-- changed: who is in a count on one side and not on the other, or in another one.
-- reads   levels_before, levels_after
-- gives   changed: one row per person
select
    coalesce(a.person_id, b.person_id) as person_id,
    b.level as was,
    a.level as now,
    case
        when b.level is null then 'enter'
        when a.level is null then 'leave'
        else 'move'
    end as change
from levels_after as a
full join levels_before as b
    on b.person_id = a.person_id
where a.level is distinct from b.level
order by person_id
