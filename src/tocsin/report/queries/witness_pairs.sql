-- SPDX-License-Identifier: Apache-2.0
-- witness_pairs: which two sources tell of how many acts in scope, and on how many they contradict one another.
-- reads   witnesses
-- gives   one row per two sources

with

told as (
    select distinct
        act_id,
        source,
        joined_by,
        disagrees is not null as disagrees
    from witnesses
)

select
    a.source,
    b.source as other,
    count(*) as acts,
    count(*) filter (where a.joined_by = 'request') as by_request,
    count(*) filter (where a.joined_by <> 'request') as by_time,
    count(*) filter (where a.disagrees) as contradicted
from told as a
join told as b
  on b.act_id = a.act_id
 and b.source > a.source
group by
    a.source,
    b.source
order by
    a.source,
    b.source
