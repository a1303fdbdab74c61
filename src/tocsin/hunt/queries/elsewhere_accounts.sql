-- SPDX-License-Identifier: Apache-2.0
-- elsewhere_accounts: who, outside the scope, named the sample's persons.
-- reads   found_elsewhere
-- gives   one row per account, the one of most persons first
-- binds   $most
select
    coalesce(account, '') as account,
    cast(count(distinct person_id) as bigint) as persons,
    cast(count(distinct event_id) as bigint) as events
from found_elsewhere
group by account
order by
    persons desc,
    account
limit $most
