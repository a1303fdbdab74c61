-- SPDX-License-Identifier: Apache-2.0
-- ranked_accounts: the accounts that detection ranks, the surest first.
-- reads   findings
-- gives   one row per account
-- binds   $most
select
    rank,
    account,
    p,
    reasons,
    first_at,
    last_at,
    events,
    persons
from findings
where detector = 'all'
order by rank
limit $most
