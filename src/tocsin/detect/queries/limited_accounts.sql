-- SPDX-License-Identifier: Apache-2.0
-- limited_accounts: the accounts whose directory says whom they may see, and who that is.
--   An account that may see nobody has one row without a person.
-- reads   accounts
-- gives   limited: one row per account, registry and allowed local id
-- binds   $several
select distinct
    account,
    case when cast($several as boolean) then registry else '' end as registry,
    unnest(case
        when person is null and len(may_see) = 0 then [null]
        else list_distinct(list_append(coalesce(may_see, []), person))
    end) as person
from accounts
where person is not null
   or may_see is not null
