-- SPDX-License-Identifier: Apache-2.0
-- earlier_signs: acts before the first one in scope that bear the same address and device as those in scope.
--   Where no device is logged the user agent stands for it; an address alone is nobody's sign.
-- reads   events, judged
-- gives   earlier_signs: one row per event
with own as (
    select
        e.address,
        coalesce(e.device, e.user_agent) as device,
        min(e.occurred_at) as first_at
    from judged as j
    inner join events as e
        on e.event_id = j.event_id
    where j.verdict <> 'legitimate'
        and e.address is not null
        and coalesce(e.device, e.user_agent) is not null
    group by
        e.address,
        coalesce(e.device, e.user_agent)
),
started as (
    select min(first_at) as first_at
    from own
)
select e.event_id
from events as e
inner join own as o
    on o.address = e.address
    and o.device = coalesce(e.device, e.user_agent)
cross join started as s
where e.occurred_at < s.first_at
    and e.event_id not in (select j.event_id from judged as j)
