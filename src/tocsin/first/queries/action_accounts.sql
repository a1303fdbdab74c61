-- SPDX-License-Identifier: Apache-2.0
-- action_accounts: how many accounts did each kind of act.
-- reads   request_shapes
-- gives   action_accounts: one row per action
-- binds   (none)

select
    action,
    count(distinct account) as accounts
from request_shapes
group by action
