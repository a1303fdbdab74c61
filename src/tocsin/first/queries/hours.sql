-- SPDX-License-Identifier: Apache-2.0
-- hours: how one account's acts fall over the hours of the day.
-- reads   acts
-- gives   one row per hour of the day at which it acted
-- binds   $account

select
    local_hour,
    count(*) as events
from acts
where account = $account
group by local_hour
order by local_hour
