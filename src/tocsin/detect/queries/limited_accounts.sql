-- SPDX-License-Identifier: Apache-2.0
-- limited_accounts: the accounts whose directory says whom they may see.
-- reads   accounts
-- gives   limited: one row per account
-- binds   (none)

select
    account,
    list_distinct(flatten(list(
        list_append(coalesce(may_see, []), person)
    ))) as allowed
from accounts
where person is not null
   or may_see is not null
group by account
