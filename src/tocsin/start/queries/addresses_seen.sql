-- SPDX-License-Identifier: Apache-2.0
-- addresses_seen: where an account came from, the latest to appear first.
-- reads   events
-- gives   one row per address
-- binds   $account
select
    address,
    count(*) as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from events
where account = $account
    and address is not null
group by address
order by first_at desc, address
limit 5
