-- SPDX-License-Identifier: Apache-2.0
-- raised: how many accounts each detector would have raised, and how many it names in all.
-- reads   found
-- gives   one row per detector, and one named all, the last
-- binds   $threshold
with

named as (
    select account, detector, max(p) as p
    from found
    where session_id is null
    group by account, detector
    union all
    select account, 'all' as detector, max(p) as p
    from found
    where session_id is null
    group by account
),

counted as (
    select
        detector,
        count(*) filter (where p >= $threshold) as accounts,
        count(*)                                as told
    from named
    group by detector
    union all
    select 'all' as detector, 0 as accounts, 0 as told
    where not exists (select 1 from found)
)

select detector, accounts, told
from counted
order by detector = 'all', detector
