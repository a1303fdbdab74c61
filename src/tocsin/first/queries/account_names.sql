-- SPDX-License-Identifier: Apache-2.0
-- account_names: every account of the logs, whatever the period.
-- reads   events
-- gives   account_names: one row per account
-- binds   (none)

select
    account,
    count(*)         as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from events
where account is not null
group by account
