-- SPDX-License-Identifier: Apache-2.0
-- listed_accounts: how many accounts of the logs stand in the list.
-- reads   events, listed
-- gives   one number
select count(distinct e.account) as accounts_listed
from events as e
inner join listed as l
    on l.id = e.account
