-- SPDX-License-Identifier: Apache-2.0
-- certainties_count: persons by the strongest certainty of what they had shown.
-- reads   counted
-- gives   one row per certainty met

with

strongest as (
    select
        person_id,
        min(certainty) as certainty
    from counted
    where level is not null
    group by person_id
)

select
    ['taken', 'shown', 'reconstructed', 'reachable', 'unassessable', 'excluded'][certainty] as certainty,
    count(*) as persons
from strongest
group by certainty
order by strongest.certainty
