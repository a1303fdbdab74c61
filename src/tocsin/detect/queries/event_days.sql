-- SPDX-License-Identifier: Apache-2.0
-- event_days: how many events of accounts each day holds.
-- reads   events
-- gives   one row per day (UTC)
-- binds   (none)
select
    date_trunc('day', occurred_at) as day,
    count(*)                       as events
from events
where account is not null
group by day
order by day
