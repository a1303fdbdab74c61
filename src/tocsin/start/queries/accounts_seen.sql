-- SPDX-License-Identifier: Apache-2.0
-- accounts_seen: every account, those that asked for most different things first.
-- reads   events
-- gives   one row per account
select
    account,
    count(*) as events,
    count(distinct coalesce(person, record, object, query)) as objects,
    count(distinct address) as addresses,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from events
where account is not null
group by account
order by objects desc, events desc, account
limit 5000
