-- SPDX-License-Identifier: Apache-2.0
-- new_accounts: who acts in the events that were not weighed yet, and when.
-- reads   events
-- gives   new_accounts: one row per account
-- binds   (none)
select
    account,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from events
where account is not null
group by account
