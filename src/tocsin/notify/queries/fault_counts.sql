-- SPDX-License-Identifier: Apache-2.0
-- fault_counts: how often each thing is wrong.
-- reads   recipients
-- gives   one row per fault

with

each_fault as (
    select unnest(faults) as fault
    from recipients
)

select
    fault,
    count(*) as persons
from each_fault
group by fault
order by fault
