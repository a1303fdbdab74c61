-- SPDX-License-Identifier: Apache-2.0
-- workers: who got what they asked for, hour by hour.
-- reads   events
-- gives   workers: one row per source, account (else address) and hour
select
    source,
    coalesce(account, address) as who,
    account is not null as is_account,
    date_trunc('hour', occurred_at) as hour,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from events
where outcome = 'success'
    and action not in ('login', 'logout')
    and coalesce(account, address) is not null
    and occurred_at is not null
group by
    source,
    coalesce(account, address),
    account is not null,
    date_trunc('hour', occurred_at)
