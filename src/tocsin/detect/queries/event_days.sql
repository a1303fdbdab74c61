-- SPDX-License-Identifier: Apache-2.0
-- event_days: how many events of accounts each day holds.
-- reads   events
-- gives   one row per day, numbered from 1970 on (UTC)
-- binds   (none)
select
    epoch_us(occurred_at) // 86400000000 as day,
    count(*)                             as events
from events
where account is not null
group by day
order by day
