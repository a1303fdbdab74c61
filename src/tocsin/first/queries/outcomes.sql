-- SPDX-License-Identifier: Apache-2.0
-- outcomes: what one account did, by action, outcome and the system's own code.
-- reads   acts
-- gives   one row per action, outcome and status, the most first
-- binds   $account, $most

select
    action,
    outcome,
    status,
    count(*)         as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from acts
where account = $account
group by action, outcome, status
order by events desc, action, outcome, status nulls first
limit $most
