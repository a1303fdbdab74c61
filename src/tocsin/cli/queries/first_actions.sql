-- SPDX-License-Identifier: Apache-2.0
-- first_actions: what one account did, by action and outcome.
-- reads   events
-- gives   one row per action and outcome
-- binds   $account

select
    action,
    outcome,
    count(*) as events
from events
where account = $account
group by action, outcome
order by events desc, action, outcome
