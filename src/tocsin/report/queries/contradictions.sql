-- SPDX-License-Identifier: Apache-2.0
-- contradictions: on what the witnesses of how many acts contradict one another.
-- reads   witnesses
-- gives   one row per column

select
    disagreement,
    count(*) as acts
from (
    select distinct
        act_id,
        unnest(disagrees) as disagreement
    from witnesses
    where disagrees is not null
)
group by disagreement
order by disagreement
