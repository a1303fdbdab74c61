-- SPDX-License-Identifier: Apache-2.0
-- acts_since: what an account still obtained after it was said to be cut.
-- reads   events
-- gives   one row
-- binds   $account, $since
select
    count(*) as events,
    max(occurred_at) as last_at
from events
where account = $account
    and occurred_at >= $since
    and outcome is distinct from 'failure'
    and action <> 'logout'
